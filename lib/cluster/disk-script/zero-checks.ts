/**
 * The part of the prepare script that looks for data without a signature: a raw database, an encrypted
 * disk, a filesystem whose beginning was wiped. It cannot read a disk of terabytes whole, so it reads
 * both ends, places spread evenly over the rest, and those where ext4 keeps copies of its superblock.
 */
export const zeroChecks = (
  title: string,
) => `# Data without a signature: a raw database, an encrypted disk, a filesystem that lost its beginning.
# Arguments: where, as words, first byte, bytes. cmp says 1 for a difference and more for trouble.
zeros() {
  status=0
  cmp -s -i "$2:0" -n "$3" "$device" /dev/zero || status=$?
  case "$status" in
    0) ;;
    1) stop "$device is not blank, $1 is not all zero" "$by_hand" ;;
    *) stop "$device cannot be read: $1" "$by_hand" ;;
  esac
}
echo "${title}: reading samples of $device, to see that it is blank"
mib=1048576
gib=1073741824
if [ "$size" -le "$((2 * gib))" ]; then
  zeros 'the whole disk' 0 "$size"
else
  zeros 'its first GiB' 0 "$gib"
  zeros 'its last 64 MiB' "$((size - 64 * mib))" "$((64 * mib))"
  # A MiB of every 64, on a disk beyond 64 GiB 1024 of them.
  samples=$((size / (64 * mib)))
  if [ "$samples" -gt 1024 ]; then samples=1024; fi
  sample=0
  while [ "$sample" -lt "$samples" ]; do
    at=$((sample * (size / mib) / samples))
    zeros "1 MiB after $at MiB" "$((at * mib))" "$mib"
    sample=$((sample + 1))
  done
  # ext4 keeps copies in groups of 128 MiB whose number is a power of 3, 5 or 7.
  for base in 3 5 7; do
    group=$base
    while at=$((group * 128)) && [ "$((at * mib + mib))" -le "$size" ]; do
      zeros "1 MiB after $at MiB" "$((at * mib))" "$mib"
      group=$((group * base))
    done
  done
fi
`;
