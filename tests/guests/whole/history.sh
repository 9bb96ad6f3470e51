export GIT_AUTHOR_DATE='2024-01-01T00:00:00Z' GIT_COMMITTER_DATE='2024-01-01T00:00:00Z' HOME=$PWD
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b GIT_CONFIG_NOSYSTEM=1
git init -q -b main r && cd r
for i in 1 2; do seq $i $((i*10)) > f$i; git add f$i; git commit -q -m "c $i"; done
git checkout -q -b side HEAD~1; echo side > s; git add s; git commit -q -m side
git checkout -q main; git merge -q -m merged side; git log --oneline --graph
git gc -q; git count-objects -v | grep packs; git status --short; git diff HEAD~1 --stat | cat
