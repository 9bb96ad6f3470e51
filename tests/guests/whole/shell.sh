set -u
sum=0; for ((i=1;i<=300;i++)); do ((sum+=i*i%7)); done; echo "sum $sum"
declare -A m; for w in b a c a b a; do m[$w]=$(( ${m[$w]:-0} + 1 )); done
for k in "${!m[@]}"; do echo "$k ${m[$k]}"; done | sort
cat <<EOF | tr a-z A-Z | sed 's/X/-/g'
here $sum
 document $((2**40)) x
EOF
f() { local n=$1; (( n < 2 )) && { echo $n; return; }; echo $(( $(f $((n-1))) + $(f $((n-2))) )); }
f 6
trap 'echo exit trap' EXIT; trap 'echo usr1; got=1' USR1
got=0; kill -USR1 $$; echo got $got
(trap 'echo sub exit' EXIT; exit 5); echo "sub $?"
for i in 1 2 3; do (exit $i) & pids[$i]=$!; done
for i in 1 2 3; do wait ${pids[$i]}; echo "job $i: $?"; done
seq 1 200 | awk '{s+=$1} END {print s}'
diff <(seq 3) <(seq 2 4)
set -m
sleep 100 & p=$!; sleep 0.1
kill -STOP $p; sleep 0.01; jobs | sed 's/ \+/ /g'; kill -CONT $p; kill $p; wait; echo "no job left"
set +m
coproc cat; echo through >&"${COPROC[1]}"; read -r x <&"${COPROC[0]}"; echo $x
x='abc123def'; [[ $x =~ ([0-9]+) ]] && echo ${BASH_REMATCH[1]} ${x//[a-c]/_} ${x^^}
set -o pipefail; false | true; echo pf $?
printf '%05d %s\n' 42 "$(printf 'a\nb' | wc -l)"
