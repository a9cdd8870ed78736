/** Steps that look before anything is changed: secrets delivered, the right machine. */
export const machineSteps = `
# Nothing is started on a machine that could not finish.
step_sealed() {
  local path wanted=$SECRETS missing=()
  if [ "$ROLE" = init ]; then
    wanted="$SECRETS $FOUNDING_SECRETS"
  fi
  for path in $wanted; do
    if [ ! -s "$SECRETS_DIR/$path" ]; then
      missing+=("$path")
    fi
  done
  if [ "\${#missing[@]}" -gt 0 ]; then
    fail "not sealed: \${missing[*]} not below /etc/groundwork/secrets; put them there"
  fi
  chown -R root:root "$SECRETS_DIR"
  find "$SECRETS_DIR" -type d -exec chmod 0700 {} +
  find "$SECRETS_DIR" -type f -exec chmod 0600 {} +
  if ! grep -Eqx '[a-z0-9]{6}[.][a-z0-9]{16}' "$SECRETS_DIR/bootstrap-token"; then
    fail 'not sealed: bootstrap-token is not a bootstrap token'
  fi
  if [ -f "$SECRETS_DIR/certificate-key" ] && ! grep -Eqx '[0-9a-f]{64}' "$SECRETS_DIR/certificate-key"; then
    fail 'not sealed: certificate-key is not 32 bytes in hexadecimal'
  fi
  if [ -f "$SECRETS_DIR/encryption-key" ] && ! grep -Eqx '[A-Za-z0-9+/]{43}=' "$SECRETS_DIR/encryption-key"; then
    fail 'not sealed: encryption-key is not 32 bytes in base64'
  fi
}

step_machine() {
  local have wanted
  have=$(uname -m)
  case "$NODE_ARCHITECTURE/$have" in
    amd64/x86_64 | arm64/aarch64) ;;
    *) fail "the spec says $NODE_ARCHITECTURE, this machine is $have" ;;
  esac
  if [ "$(stat -f -c %T /sys/fs/cgroup)" != cgroup2fs ]; then
    fail 'the kubelet needs cgroup v2 at /sys/fs/cgroup; boot without systemd.unified_cgroup_hierarchy=0'
  fi
  # An address may come a little later than network-online, and the name servers after it.
  # All of them: while one is missing, the kubelet gives its node no address at all.
  for wanted in $NODE_ADDRESSES; do
    if ! retry 12 5 has_address "$wanted"; then
      fail "\${NODE_NIC:-no interface}\${NODE_NIC:+ does not exist or is not the one that} carries $wanted, the address of $NODE_NAME in the spec; this machine has: $(addresses | tr '\\n' ' ')"
    fi
  done
  if [ "$(uname -n)" != "$NODE_NAME" ]; then
    fail "the host name is $(uname -n), the spec says $NODE_NAME"
  fi
  if ! retry 6 5 grep -q '^nameserver ' "$ROOT$RESOLV_CONF"; then
    fail "$RESOLV_CONF names no name server, and pods would get it; install and enable systemd-resolved, which writes it"
  fi
}

# Interface and address, one pair a line.
addresses() {
  ip -brief address show | awk '{ for (i = 3; i <= NF; i++) print $1, $i }'
}

# To the letter: 10.20.0.11 is also the end of 110.20.0.11. A VLAN shows as eth0.5@eth0.
has_address() {
  local nic address
  while read -r nic address; do
    if [ "\${address%%/*}" = "$1" ] && [ "\${nic%%@*}" = "\${NODE_NIC:-\${nic%%@*}}" ]; then
      return 0
    fi
  done < <(addresses)
  return 1
}
`;
