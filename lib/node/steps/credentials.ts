/** The delivered secrets: whether they fit clock and each other, and how they reach kubeadm. */
export const credentialSteps = `
# Looked at before kubeadm does: it would find a wrong pair only when half of the node stands.
step_credentials() {
  local ca="$SECRETS_DIR/pki/ca.crt" from name
  from=$(openssl x509 -noout -startdate -in "$ca") || fail 'pki/ca.crt is not a certificate'
  if [ "$(date +%s)" -lt "$(date -d "\${from#*=}" +%s)" ]; then
    fail "pki/ca.crt is valid from \${from#*=} on, and the clock of this machine says $(date -u); set the clock"
  fi
  if ! openssl x509 -noout -checkend 0 -in "$ca" > /dev/null; then
    fail "pki/ca.crt has expired by the clock of this machine, which says $(date -u); set the clock, or deliver new secrets"
  fi
  if [ "$ROLE" = init ]; then
    for name in ca.crt etcd/ca.crt front-proxy-ca.crt sa.pub; do
      if [ "$(public_key "$name")" != "$(public_key "\${name%.*}.key")" ]; then
        fail "pki/$name and pki/\${name%.*}.key do not belong together; deliver both from one seal"
      fi
    done
  fi
}

# Prints what could not be read as well, so that two files without a key are no pair.
public_key() {
  case "$1" in
    *.crt) openssl x509 -noout -pubkey -in "$SECRETS_DIR/pki/$1" ;;
    *.pub) openssl pkey -pubin -pubout -in "$SECRETS_DIR/pki/$1" ;;
    *) openssl pkey -pubout -in "$SECRETS_DIR/pki/$1" ;;
  esac || printf 'no key in %s' "$1"
}

# Puts the delivered secrets into the template for init or join. With shell builtins: arguments of
# programs are visible to every user of the machine.
render_kubeadm_config() {
  local template="$ETC/kubeadm-$1.conf" token key='' hash line
  # kubeadm.conf is what this machine of the spec normally does, the other file what it may do as well.
  if [ ! -e "$template" ]; then
    template="$ETC/kubeadm.conf"
  fi
  token=$(< "$SECRETS_DIR/bootstrap-token")
  if [ -f "$SECRETS_DIR/certificate-key" ]; then
    key=$(< "$SECRETS_DIR/certificate-key")
  fi
  hash=$(openssl x509 -noout -pubkey -in "$SECRETS_DIR/pki/ca.crt" | openssl pkey -pubin -outform der | openssl dgst -sha256 -r)
  (
    umask 077
    while IFS= read -r line; do
      line=\${line//@BOOTSTRAP_TOKEN@/$token}
      line=\${line//@CERTIFICATE_KEY@/$key}
      printf '%s\\n' "\${line//@CA_CERT_HASH@/sha256:\${hash%% *}}"
    done < "$template" > "$RUN/kubeadm.conf"
  )
}
`;
