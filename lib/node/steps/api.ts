/** What other machines answer: wait for the one before this one, and never found a second cluster. */
export const apiSteps = `
# One control plane after the other: etcd takes one new member at a time.
step_wait() {
  local url=$WAIT_URL who=$WAIT_FOR deadline
  # With BGP kube-vip does not take its address away when it ends: a machine that was reset would look
  # for the API at itself.
  if [ -n "$VIP_ON_LOOPBACK" ]; then
    ip address delete "$VIP_ON_LOOPBACK" dev lo 2> /dev/null || true
  fi
  if [ "$ROLE" = init ]; then
    return
  fi
  # A first control plane that is replaced has nobody before it.
  if [ -z "$url" ]; then
    url=$API_URL
    who='the API endpoint'
  fi
  deadline=$(($(date +%s) + 1800))
  say "waiting for $who ($url/readyz)"
  until api_is_ready "$url" && takes_machines "$url"; do
    if [ "$(date +%s)" -ge "$deadline" ]; then
      fail "$who did not become ready within 30 minutes ($url/readyz); look at /var/lib/groundwork/status there"
    fi
    sleep 5
  done
}

# Before the programs are installed there is nothing to tell; afterwards they take new files without a
# break in what they hold.
apply_endpoint() {
  if [ -e "$ROOT/etc/haproxy/haproxy.cfg" ]; then
    apply_file /etc/haproxy/haproxy.cfg systemctl try-reload-or-restart haproxy.service
  fi
  if [ -e "$ROOT/etc/keepalived/keepalived.conf" ]; then
    apply_file /etc/keepalived/keepalived.conf systemctl try-reload-or-restart keepalived.service
  fi
}

api_is_ready() {
  [ "$(curl --silent --max-time 5 --cacert "$SECRETS_DIR/pki/ca.crt" "$1/readyz" 2>/dev/null || true)" = ok ]
}

# Where a joining machine looks first. kubeadm init writes it after the shared certificates; an API server
# is ready before that.
takes_machines() {
  curl --silent --fail --output /dev/null --max-time 5 --cacert "$SECRETS_DIR/pki/ca.crt" \\
    "$1/api/v1/namespaces/kube-public/configmaps/cluster-info"
}

# Same authorities, same address: a second cluster would pass for the first one. Only what answers is
# found; a cluster whose machines are all down is not.
refuse_second_cluster() {
  local urls pids=() n
  read -ra urls <<< "$API_URL $PEERS"
  # Side by side: where nobody is, each takes a dozen seconds.
  for n in "\${!urls[@]}"; do
    say "looking for a cluster at \${urls[n]}"
    { something_answers "\${urls[n]}" || exit 1; } &
    pids+=("$!")
  done
  for n in "\${!urls[@]}"; do
    if wait "\${pids[n]}"; then
      fail "a cluster already answers at \${urls[n]}: this machine must not found another one; to put this machine in the place of a lost one: on a living control plane delete the node $NODE_NAME, remove its etcd member and run $SELF --only admit, then run here $SELF --replace"
    fi
  done
}

# Three times, as one lost packet must not found a cluster. 51 and 60: it speaks TLS, with another authority.
# 28 after the handshake: it is there, and too busy to say more.
something_answers() {
  local attempt code handshake
  for attempt in 1 2 3; do
    code=0
    handshake=$(curl --silent --output /dev/null --max-time 5 --cacert "$SECRETS_DIR/pki/ca.crt" \\
      --write-out '%{time_appconnect}' "$1/livez") || code=$?
    case "$code:$handshake" in
      0:* | 51:* | 60:*) return 0 ;;
      28: | 28:0 | 28:0.000000) ;;
      28:*) return 0 ;;
    esac
    [ "$attempt" -eq 3 ] || sleep 2
  done
  return 1
}
`;
