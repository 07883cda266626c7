#!/bin/sh
# Files, pipes, subshells, redirections, failures: what shell scripts do.
cd /tmp || exit 1
mkdir -p work/deep/er
echo one >work/one
printf 'two\nthree\n' >"work/with space"
cat work/one "work/with space" | sort | uniq -c >work/sorted
for file in work/*; do [ -f "$file" ] && cp "$file" work/deep/er/; done
ln -s one work/link
ln work/one work/hard
readlink work/link
chmod 600 work/one
touch -d '2020-01-01' work/one
(cd work/deep && ls -l er >listing && mv listing moved)
cat /no/such/file 2>/dev/null || cat </etc/hostname >/dev/null
rm -rf work
/no/such/program 2>/dev/null
exit 3
