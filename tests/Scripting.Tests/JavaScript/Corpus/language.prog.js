// closures per iteration
const fs = [];
for (let i = 0; i < 3; i++) { fs.push(() => i++); }
show(fs.map(f => f()), fs.map(f => f()));
var vs = [];
for (var j = 0; j < 3; j++) vs.push(() => j);
show(vs.map(f => f()));
for (const x of [1, 2]) fs.push(() => x);
show(fs.slice(3).map(f => f()));
//---
// closures see changes, counters are separate
function counter() { let n = 0; return { inc: () => ++n, get: () => n }; }
const a = counter(), b = counter();
a.inc(); a.inc(); b.inc();
show(a.get(), b.get());
//---
// hoisting and shadowing
show(f(), typeof v);
var v = 1;
function f() { return 'hoisted'; }
{ function g() { return 1; } show(g()); }
let x = 'outer';
{ show(attempt(() => x2)); let x = 'inner'; show(x); }
show(x);
//---
// tdz
show(attempt(() => { const z = z + 1; }));
show(attempt(() => { fn(); const q = 1; function fn() { return q; } }));
show(attempt(() => { class A extends A {} }));
show(attempt(() => { typeof t; let t; }));
show(attempt((p = q2, q2 = 1) => p));
switch (1) { case 0: let s = 1; break; case 1: show(attempt(() => s)); }
//---
// labels, continue, break, finally
const log = [];
outer: for (let i = 0; i < 3; i++) {
  for (let j = 0; j < 3; j++) {
    if (j === 1) continue outer;
    if (i === 2) break outer;
    log.push([i, j]);
  }
}
block: { log.push('in'); if (log.length) break block; log.push('never'); }
show(log);
function fin() { for (const i of [1, 2]) { try { if (i === 1) continue; return i; } finally { log.push('f' + i); } } }
show(fin(), log.slice(-2));
function over() { try { return 1; } finally { return 2; } }
function keep() { let x = 1; try { return x; } finally { x = 5; } }
function nest() { try { try { throw 1; } finally { log.push('a'); } } catch (e) { return e; } finally { log.push('b'); } }
show(over(), keep(), nest(), log.slice(-2));
//---
// switch
const t = v => { const r = []; switch (v) { case 1: r.push('one'); case 2: r.push('two'); break; default: r.push('def'); case 3: r.push('three'); } return r; };
show(t(1), t(2), t(3), t(4), t('1'), t(NaN));
//---
// getters, setters, inheritance
class Animal {
  #name; static count = 0; legs = 4;
  constructor(name) { this.#name = name; Animal.count++; }
  get name() { return this.#name; }
  set name(v) { this.#name = v.trim(); }
  speak() { return `${this.name} makes a sound`; }
  static create(...args) { return new this(...args); }
  #secret() { return 's' + this.#name; }
  reveal() { return this.#secret(); }
  static isAnimal(o) { return #name in o; }
  toString() { return `Animal(${this.#name})`; }
}
class Dog extends Animal {
  tricks = ['sit'];
  constructor(name) { super(name); this.kind = 'dog'; }
  speak() { return super.speak() + ': woof'; }
  get name() { return super.name.toUpperCase(); }
  set name(v) { super.name = v + '!'; }
  static create(n) { return super.create(n + '2'); }
}
const d = Dog.create('rex');
d.name = '  max ';
show(d, d.speak(), d.reveal(), Animal.count, Animal.isAnimal(d), Animal.isAnimal({}), `${d}`, d instanceof Animal);
show(Object.getOwnPropertyNames(Dog.prototype), Dog.name, Dog.length, Object.getPrototypeOf(Dog) === Animal);
//---
// class details
const order = [];
class K {
  static [(order.push('k1'), 'a')] = order.push('s1');
  [(order.push('k2'), 'b')] = order.push('f1');
  static { order.push('block'); this.z = 1; }
  constructor() { order.push('ctor'); }
}
new K();
show(order, K);
class Base { constructor() { this.m(); } m() { this.base = 1; } }
class Sub extends Base { x = 5; m() { this.seen = this.x; } }
show(new Sub());
show(attempt(() => new (class extends Base { constructor() { this.x; super(); } })()));
show(new (class extends Base { constructor() { return { own: 1 }; } })());
show(attempt(() => new (class extends Base { constructor() { return 1; } })()));
show(attempt(() => new (class extends Base { constructor() { super(); super(); } })()));
show(new (class extends Base { constructor() { const f = () => super(); f(); this.y = 2; } })());
show(new (class { constructor() { this.t = new.target.name; } })());
show(class { static async *m() {} }.m.constructor.name);
const anon = class { static n = this.name; };
show(anon.n, (class {}).name, new (class { f = () => this; g = function () {}; })().g.name);
show(attempt(() => { class A { static #p = 1; static get(o) { return o.#p; } } return A.get(class extends A {}); }));
show(attempt(() => { const o = {}; class A extends (function () { return o; }) { #x = 1; static r(q) { return q.#x; } } new A(); return [A.r(o), attempt(() => new A())]; }));
class Acc { static get x() { return 1; } static set x(v) { this._x = v; } get #p() { return 5; } set #p(v) { this.v = v; } t() { this.#p = 3; return [this.#p, this.v]; } }
Acc.x = 9; show(Acc._x, new Acc().t());
show(attempt(() => { class B2 { get #p() { return 1; } w() { this.#p = 2; } } new B2().w(); }));
show(attempt(() => { class B3 { #m() {} w() { this.#m = 2; } } new B3().w(); }));
class N extends null { static s = 1; } show(N.s, Object.getPrototypeOf(N.prototype));
show(attempt(() => class extends 5 {}), attempt(() => class extends (() => 1) {}));
//---
// object literal super, accessors, computed
const proto = { hi() { return 'proto ' + this.n; } };
const o = { __proto__: proto, n: 1, hi() { return super.hi() + '!'; }, get [`g${1}`]() { return 2; }, ['x' + 1]: 3, async *ag() {} };
show(o.hi(), o.g1, o);
//---
// generators
function* g() { const x = yield 1; show('got', x); try { yield 2; } finally { show('cleanup'); } return 3; }
const it = g();
show(it.next('ignored'), it.next('a'), it.return(9), it.next());
const it2 = g(); it2.next(); show(attempt(() => it2.throw(new Error('in'))), it2.next());
function* inner() { try { const r = yield 'i1'; show('inner', r); yield 'i2'; } finally { show('inner done'); } return 'ret'; }
function* outer() { const r = yield* inner(); show('r', r); yield* [10, 20]; yield* 'ab'; }
show([...outer()]);
for (const x of outer()) { show(x); if (x === 'i2') break; }
const ex = (function* () { while (true) { try { yield 1; } catch (e) { show('caught', e); } } })();
ex.next(); show(ex.throw('boom'), ex.return(5), ex.next());
show([...(function* () { for (let i = 0; i < 3; i++) { yield i; if (i == 1) return; } })()]);
const fib = { *[Symbol.iterator]() { let [a, b] = [0, 1]; for (;;) { yield a; [a, b] = [b, a + b]; } } };
const first = []; for (const n of fib) { if (n > 50) break; first.push(n); } show(first);
show([...(function* () { const x = [yield 1, yield 2, ...(yield 3)]; show(x); return x; })()].length === 3 || 0);
const e1 = (function* () { return `${yield 1}-${(yield 2) + (yield 3)}`; })();
e1.next(); e1.next('a'); e1.next(5); show(e1.next(6));
const e2 = (function* () { const { a = yield 'd', [yield 'k']: b } = yield 'o'; return [a, b]; })();
show(e2.next(), e2.next({ z: 7 }), e2.next('A'), e2.next('z'));
const e3 = (function* () { const o = {}; o[yield 1] = yield 2; o.x ??= yield 3; o.f = (...a) => a; return [o.f(yield 4, ...(yield 5)), o]; })();
e3.next(); e3.next('k'); e3.next('v'); e3.next('X'); e3.next('A'); show(e3.next(['B', 'C']));
const e4 = (function* () { if (yield 1) { return (yield 2) ? 'y' : 'n'; } else return (yield 3) || (yield 4) && 'z'; })();
e4.next(); e4.next(false); e4.next(0); show(e4.next(1));
const e5 = (function* () { switch (yield 's') { case yield 'c1': return 'first'; case 2: for (let i = yield 'i'; i < (yield 't'); i += yield 'u') { } return 'second'; } })();
show(e5.next(), e5.next(2), e5.next(1), e5.next(0), e5.next(1), e5.next(5), e5.next(3), e5.next());
show(attempt(() => { const r = (function* () { r.next(); })(); r.next(); }));
show((function* () { yield this; }).call(5).next().value instanceof Object || 'prim');
show(Object.prototype.toString.call(g()), typeof g.prototype, g().constructor === undefined, [][Symbol.iterator]().toString());
//---
// iterator protocol and closing
const mk = (n, log) => ({ [Symbol.iterator]() { let i = 0; return { next() { log.push('next'); return { value: i, done: i++ >= n }; }, return(v) { log.push('return'); return {}; } }; } });
let log = [];
for (const x of mk(5, log)) { if (x === 1) break; } show(log);
log = []; try { for (const x of mk(5, log)) throw 1; } catch { } show(log);
log = []; const [p, q] = mk(5, log); show(p, q, log);
log = []; const [...all] = mk(2, log); show(all, log);
log = []; const [m] = mk(0, log); show(m, log);
log = []; (() => { for (const x of mk(5, log)) return; })(); show(log);
log = []; try { const [{ zz: { yy } }] = mk(5, log); } catch (e) { log.push(e.name); } show(log);
log = []; outer2: for (const a of [1]) for (const x of mk(5, log)) continue outer2; show(log);
log = []; try { new Map(mk(2, log)); } catch (e) { log.push(e.name); } show(log);
log = []; Array.from(mk(2, log), x => { log.push('m' + x); return x; }); show(log);
show(attempt(() => { for (const x of { [Symbol.iterator]() { return 1; } }); }), attempt(() => { for (const x of { [Symbol.iterator]() { return { next() { return 1; } }; } }); }));
//---
// destructuring order and defaults
const log = [];
const src = { get a() { log.push('get a'); return undefined; }, get b() { log.push('get b'); return 2; } };
const { a = (log.push('default a'), 1), b = (log.push('default b'), 9), ...rest } = src;
show(a, b, rest, log);
let i = 0; const arr = []; [arr[i++], arr[i++], arr[i] = 'd'] = ['x', 'y'];
show(arr, i);
function f({ x = 1, y: [z = 2] = [] } = {}, ...[w]) { return [x, z, w]; }
show(f(), f({ x: 5, y: [6] }, 7), f.length);
for (const { k, v: [first] } of [{ k: 1, v: 'ab' }]) show(k, first);
for (const [k, v] of Object.entries({ p: 1 })) show(k, v);
try { throw { code: 5, m: [1] }; } catch ({ code, m: [n] }) { show(code, n); }
const swap = ([a, b]) => [b, a]; show(swap([1, 2]));
const fn = function ({ length }) { return length; }; show(fn('abc'));
//---
// this, arrows, arguments
const o = { v: 1, f() { return [1].map(() => this.v); }, g: () => typeof this, h() { return (() => arguments[0])(); } };
show(o.f(), o.h('arg'));
function args(a, b) { arguments[0] = 9; return [a, arguments.length, [...arguments], typeof arguments]; }
show(args(1, 2, 3));
show((function () { return this; })(), (function () { return this; }).call(null), (() => { const f = o.f; return attempt(() => f()); })());
function Ctor(x) { if (!new.target) return new Ctor(x); this.x = x; } Ctor.prototype.get = function () { return this.x; };
show(Ctor(5).get(), new Ctor(6), Ctor.prototype.constructor === Ctor);
//---
// var in blocks and functions, redeclare
var a = 1; var a; show(a); { var a = 2; } show(a);
function dup() { return 1; } function dup() { return 2; } show(dup());
show((() => { if (true) { var x = 1; } return x; })());
const named = function fact(n) { return n < 2 ? 1 : n * fact(n - 1); }; show(named(5));
show(attempt(() => { const nf = function inner() { inner = 1; }; nf(); }));
//---
// compound assignment evaluation
let log = []; const obj = { get p() { log.push('get'); return 1; }, set p(v) { log.push('set ' + v); } };
const k = () => { log.push('obj'); return obj; };
k().p += 2; k().p++; k()['p'] **= 2; k().p ??= 5; k().p ||= 5; k().p &&= 6; show(log);
let s = 'a'; s += 1 + 2; s += null; show(s); let n = '5'; n++; show(n, n++ + ++n, -n, n--);
let big = 5n; big++; big **= 3n; show(big);
let u; u ??= 4; u ||= 5; u &&= u + 1; show(u); u <<= 2; u >>>= 1; u ^= 3; u |= 8; u &= 14; u %= 7; show(u);
//---
// comma, void, chained ternaries, in operator in for
let r = []; for (let i = 0, j = 10; i < j; i += 3, j--) r.push([i, j]); show(r);
for (let i = ('a' in { a: 1 }) ? 1 : 0; i < 2; i++) show(i);
const grade = s => s > 90 ? 'A' : s > 80 ? 'B' : 'C'; show([95, 85, 75].map(grade));
let w = 3; while (w--) { if (w === 1) continue; show(w); } do { w++; } while (w < 2); show(w);
//---
// ASI
const a = 1
const b = 2
;[a, b].forEach(x => show(x))
const c = a
+ b
show(c)
function f() { return
  5 }
show(f())
let i = 1
i
++
i
show(i)
const g = () => { }
const t = `x
y`
show(t)
var z = function () { return 1 }
;(function () { show('iife') })()
if (a) show('one'); else show('two')
do show('d'); while (false) show('after')
//---
// tagged templates identity
const tag = s => s; const get = () => tag`a${1}b`; show(get() === get(), get() === tag`a${1}b`, Object.isFrozen(get()), get().raw);
//---
// getter on prototype chain, setters inherited, readonly inherited
const base = { get v() { return this._v * 2; }, set v(x) { this._v = x; } };
const der = Object.create(base); der.v = 4; show(der.v, Object.keys(der));
const ro = Object.create(Object.freeze({ z: 1 })); show(attempt(() => { ro.z = 2; }));
//---
// symbol protocols
class Even { static [Symbol.hasInstance](n) { return n % 2 === 0; } } show(2 instanceof Even, 3 instanceof Even);
class Temp { constructor(c) { this.c = c; } [Symbol.toPrimitive](h) { return h === 'string' ? this.c + 'C' : this.c; } } show(`${new Temp(5)}`, new Temp(5) + 1, new Temp(5) > 4);
show(String({ [Symbol.toStringTag]: 'Tag' }), [1].concat({ length: 1, 0: 2, [Symbol.isConcatSpreadable]: true }));
//---
// error flow
function thrower(x) { if (x > 2) throw new RangeError('big ' + x, { cause: x }); return x; }
for (const x of [1, 3]) { try { show(thrower(x)); } catch (e) { show(e.name, e.message, e.cause, e instanceof RangeError); } finally { show('fin'); } }
show((() => { try { throw undefined; } catch (e) { return typeof e; } })());
try { try { throw new Error('a'); } catch (e) { throw new Error('b', { cause: e }); } } catch (e) { show(e); }
show((() => { l: try { break l; } finally { return 'fin'; } })());
//---
// strings grow in loops
let s = ''; for (let i = 0; i < 5000; i++) { s += i % 10; if (i % 1000 === 0) show(s.length, s.at(-1)); } show(s.length, s.slice(4990), s === '0123456789'.repeat(500));
//---
// recursion and memo
const memo = new Map(); const fibm = n => n < 2 ? n : memo.get(n) ?? (memo.set(n, fibm(n - 1) + fibm(n - 2)), memo.get(n)); show(fibm(80));
const deep = n => n === 0 ? 0 : 1 + deep(n - 1); show(deep(200));
const ack = (m, n) => m === 0 ? n + 1 : n === 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); show(ack(2, 3));
//---
// patched built-ins
Array.prototype.last = function () { return this[this.length - 1]; }; show([1, 2].last()); delete Array.prototype.last;
const old = Array.prototype[Symbol.iterator]; Array.prototype[Symbol.iterator] = function* () { yield 'patched'; }; show([...[1, 2]]); for (const x of [5]) show(x); const [pp] = [3]; show(pp); Array.prototype[Symbol.iterator] = old; show([...[1, 2]]);
String.prototype.shout = function () { return this.toUpperCase() + '!'; }; show('a'.shout(), typeof Object.prototype.toString);
Object.defineProperty(Object.prototype, 'injected', { value: 1, configurable: true, enumerable: false }); show({}.injected, 'x'.injected); delete Object.prototype.injected;
//---
// optional chaining with calls and side effects
let n = 0; const o = { a: { f() { n++; return { b: null }; } } }; show(o.a?.f().b?.c.d.e, o.x?.[n++], o.x?.y(n++), n, o?.['a']?.f?.().b, delete o?.a, o);
//---
// collections that shrink and clear while they are walked
const m = new Map(); for (let i = 0; i < 100; i++) m.set(i, i); const seen = [];
for (const [k] of m) { seen.push(k); for (let j = 0; j < 10; j++) m.delete(k + j); if (k === 50) m.set('late', 1); }
show(seen, [...m]);
const q = new Set([1, 2]), r = []; for (const x of q) { r.push(x); if (r.length === 1) { q.clear(); q.add('a'); q.add('b'); } } show(r, q.size);
const s = new Set(Array.from({ length: 80 }, (_, i) => i)), t = []; s.forEach(x => { t.push(x); s.delete(x); if (x < 3) s.add('n' + x); }); show(t.length, t.slice(-3), s.size);
const it = new Set([1, 2, 3]).values(); it.next(); show([...it], it.next());
//---
// the head of a loop may begin with an operator
let n = 0;
for (++n; n < 3; n++) show(n);
for (--n; n > 0; n--) show(n);
for (!n; n < 1; n++) show('!');
for (typeof n; n < 2; n++) show('typeof');
for (void 0, -n; n < 3; ++n) show('void');
const o = { x: 1 };
for (delete o.x; n < 4; n++) show(o);
function* steps() { for (yield 'first'; n < 5; n++) yield n; }
show([...steps()]);
async function later() { for (await 1; n < 6; n++) show('awaited'); }
later();
