/** The step that fetches, checks and installs release archives. */
export const archiveSteps = `
step_archives() {
  local name digest url
  mkdir -p "$STATE/archives"
  while read -r name digest url; do
    fetch_archive "$name" "$digest" "$url"
    install_archive "$name" "$STATE/archives/\${url##*/}"
    say "$name installed from $url"
  done < <(entries "$ETC/archives.list")
  rm -rf "$STATE/archives"
  install_kubernetes_packages
}

# Where they come as packages. Held, so that no update moves a node to another version.
install_kubernetes_packages() {
  local name version packages=() names=()
  while read -r name version; do
    names+=("$name")
    # shellcheck disable=SC2053 # the version is a pattern
    if [[ $(dpkg-query -W -f '\${db:Status-Status} \${Version}' "$name" 2>/dev/null || true) != "installed "$version* ]]; then
      packages+=("$name\${version:+=$version}")
    fi
  done < <(entries "$ETC/kubernetes-packages.list")
  if [ "\${#packages[@]}" -gt 0 ]; then
    apt_install "\${packages[@]}"
  fi
  if [ "\${#names[@]}" -gt 0 ]; then
    apt-mark hold "\${names[@]}" > /dev/null
  fi
}

# A file gets its name only when its checksum is right; a broken download is never taken for a good one.
fetch_archive() {
  local name=$1 digest=$2 url=$3
  local file="$STATE/archives/\${url##*/}"
  if [ "$digest" = published ]; then
    download "$url.sha256" "$file.sha256"
    digest="sha256:$(cut -d ' ' -f 1 "$file.sha256")"
    say "WARNING: $name has no pinned checksum; checked against the one published beside it"
  fi
  if [ -f "$file" ] && printf '%s  %s\\n' "\${digest#sha256:}" "$file" | sha256sum --check --status; then
    return
  fi
  download "$url" "$file.part"
  if ! printf '%s  %s\\n' "\${digest#sha256:}" "$file.part" | sha256sum --check --status; then
    rm -f "$file.part"
    fail "the checksum of $url is not $digest"
  fi
  mv "$file.part" "$file"
}

download() {
  curl --fail --silent --show-error --location --retry 5 --retry-delay 5 --retry-all-errors \\
    --connect-timeout 20 --speed-limit 1024 --speed-time 60 --output "$2" "$1" || fail "cannot fetch $1"
}

install_archive() {
  local name=$1 file=$2
  case "$name" in
    containerd) unpack "$file" "$ROOT/usr/local" ;;
    crictl) unpack "$file" "$ROOT/usr/local/bin" ;;
    cni-plugins) unpack "$file" "$ROOT/opt/cni/bin" ;;
    runc) put "$file" "$ROOT/usr/local/sbin/runc" ;;
    kubelet | kubeadm | kubectl) put "$file" "$ROOT/usr/local/bin/$name" ;;
    *) fail "nobody knows how to install $name" ;;
  esac
}

unpack() {
  mkdir -p "$2"
  tar --extract --gzip --no-same-owner --file "$1" --directory "$2"
}

# By rename: a binary that is running cannot be written to.
put() {
  install -D -m 0755 "$1" "$2.new"
  mv -f "$2.new" "$2"
}
`;
