// Frames of calls are used again and again: nothing of one call may be seen by the next.
function deep(n) { if (n === 0) throw new Error('bottom'); let kept = 'k' + n; deep(n - 1); return kept; }
for (let i = 0; i < 3; i++) { try { deep(5 + i); } catch (e) { show(e.message + i); } }
function fresh(a, b, c) { let d; var e; return [a, b, c, d, e, arguments.length].map(String).join(); }
show(fresh(1, 2, 3)); show(fresh()); show(fresh('x')); show(fresh(1, 2, 3, 4));
//---
const makers = []; function make(n) { let count = n; return () => ++count; }
for (let i = 0; i < 3; i++) makers.push(make(i * 10));
show(makers.map(f => f()).join()); show(makers.map(f => f()).join());
//---
function* inner(n) { for (let i = 0; i < n; i++) { const got = yield i * n; if (got) show('got ' + got); } return 'end' + n; }
function* outer() { const r = yield* inner(3); show(r); yield* inner(2); }
const g = outer(); show(g.next().value); show(Math.max(...[3, 1, 2].map(x => [...inner(x)].length)));
show(g.next('a').value); show(JSON.stringify([...g]));
//---
const fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2); show(fib(15));
const even = n => n === 0 ? true : odd(n - 1), odd = n => n === 0 ? false : even(n - 1); show(even(101));
//---
function outerLabel() {
  const seen = [];
  a: for (let i = 0; i < 3; i++) {
    b: for (let j = 0; j < 3; j++) {
      try { if (j === 1) continue a; if (i === 2) break a; seen.push(i + '' + j); } finally { seen.push('f'); (() => { for (const x of [1]) { if (x) break; } })(); }
    }
  }
  return seen.join();
}
show(outerLabel()); show(outerLabel());
//---
function thrower() { a: for (;;) { try { break a; } finally { throw new Error('lost'); } } }
for (let i = 0; i < 2; i++) { try { thrower(); } catch (e) { show(e.message); } }
function plain() { let n = 0; for (let i = 0; i < 3; i++) { if (i === 1) continue; n += i; } return n; } show(plain());
//---
// Numbers take the place of texts and objects in variables, and the other way round.
let v = 'text'; for (let i = 0; i < 3; i++) { v = i; v += 0.5; } show(v);
v = { a: 1 }; v = 5; v++; show(v); v = [1]; v += 2; show(v); v = 1n; v++; show(String(v)); v = undefined; v -= 1; show(v); v = null; v |= 3; show(v);
let w = NaN; w += 1; show(w); w = -0; w *= 1; show(Object.is(w, -0)); w = Infinity; w -= Infinity; show(w); w = 0 / 0; show(w !== w);
const c = 1; try { c += 1; } catch (e) { show(e.constructor.name); } try { c++; } catch (e) { show(e.constructor.name); } show(c);
try { t += 1; let t = 2; } catch (e) { show(e.constructor.name); }
//---
let a = 1; const swap = () => { a = 'changed'; return 1; };
show(a + swap()); a = 1; show(a - swap()); a = 1; a += swap(); show(a); a = 2; a *= (a = 5); show(a); a = 1; show(a < (a = 0, 2)); show(a == swap());
let i = 5; i = i++ + ++i; show(i); for (let i = 0, n = 2; i < n; i++, n -= 0) { const f = () => i; i += 0; show(f()); }
show([5, '5', 6].map(x => x == 5).join() + [5, '5'].map(x => x === 5).join() + [5, NaN].map(x => x !== x).join() + [5, 4].map(x => x != 5).join());
for (let i = '1'; i < 3; i++) show(typeof i + i); for (let i = 1n; i < 3; i++) show(typeof i);
function arity(x) { return x === undefined ? 'none' : typeof x; } show(arity()); show(arity(1)); show(arity()); show([1].map(arity).join());
