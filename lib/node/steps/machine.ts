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

# What can be seen before anything is changed.
step_machine() {
  local seen
  if ! seen=$("$ROOT/usr/local/lib/groundwork/preflight" --wait); then
    printf '%s\\n' "$seen"
    fail "$(sed -n 's/^FAIL //p' <<< "$seen" | sed -e ':a' -e 'N;$!ba' -e 's/\\n/; /g')"
  fi
  printf '%s\\n' "$seen"
}
`;
