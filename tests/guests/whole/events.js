// A language runtime that compiles as it goes: hot loops, closures, strings, timers and promises.
'use strict';
function mix(n) {
    let state = 1, sum = 0;
    for (let i = 0; i < n; i++) {
        state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
        sum = (sum + (state >> 16)) % 1000003;
    }
    return sum;
}
console.log(mix(1000), mix(2000000));
const words = 'the quick brown fox jumps over the lazy dog'.split(' ');
const counts = new Map();
for (let i = 0; i < 20000; i++) {
    const word = words[i % words.length] + (i % 7);
    counts.set(word, (counts.get(word) ?? 0) + 1);
}
console.log([...counts.entries()].sort().slice(0, 3), JSON.stringify({ a: [1, 2.5, 'x'] }));
console.log('a1b22c333'.replace(/\d+/g, (d) => `<${d.length}>`));
const order = [];
setTimeout(() => { order.push('late'); console.log(order.join(' ')); }, 20);
setTimeout(() => order.push('early'), 5);
Promise.resolve().then(() => order.push('promise'));
order.push('now');
