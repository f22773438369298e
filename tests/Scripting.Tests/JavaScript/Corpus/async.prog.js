// order of microtasks
show('start');
Promise.resolve().then(() => show('p1')).then(() => show('p2'));
(async () => { show('a1'); await null; show('a2'); await new Promise(r => r()); show('a3'); })();
queueMicrotask(() => show('m'));
show('end');
//---
// await values, thenables, rejections
(async () => {
  show(await 1, await Promise.resolve(2), await { then(r) { r(3); } });
  try { await Promise.reject(new Error('x')); } catch (e) { show(e); }
  try { await { then(_, j) { j('thenable'); } }; } catch (e) { show(e); }
  try { await { get then() { throw 'getter'; } }; } catch (e) { show(e); }
  return 'done';
})().then(show).finally(() => show('finally'));
//---
// combinators
(async () => {
  const ok = v => new Promise(r => r(v)), bad = v => Promise.reject(v);
  show(await Promise.all([1, ok(2), ok(3)]), await Promise.all([]));
  show(await Promise.allSettled([ok(1), bad('e'), 3]));
  show(await Promise.race([ok('first'), ok('second')]));
  show(await Promise.any([bad(1), ok(2)]));
  try { await Promise.any([bad(1), bad(2)]); } catch (e) { show(e); }
  try { await Promise.all([ok(1), bad('all')]); } catch (e) { show(e); }
  show(await ok(1).finally(() => 5), await bad(1).catch(e => e + 1));
  try { await ok(1).finally(() => { throw 'f'; }); } catch (e) { show(e); }
})();
//---
// chaining
Promise.resolve(1).then(x => x + 1).then(x => { throw x; }).then(() => show('no')).catch(e => { show('c', e); return 5; }).then(show);
Promise.reject(1).then(null, e => show('rej', e));
new Promise((r, j) => { r(1); j(2); r(3); }).then(show);
new Promise(() => { throw new TypeError('in executor'); }).catch(e => show(e.name));
const p = Promise.resolve(1); show(Promise.resolve(p) === p, p.then(null) !== p);
p.then(() => p2); const p2 = new Promise(r => setTimeoutLike(r)); function setTimeoutLike(r) { queueMicrotask(() => queueMicrotask(r)); } p2.then(() => show('late'));
const self = new Promise(r => queueMicrotask(() => r(self))); self.catch(e => show(e.name));
//---
// interleaving
const log = []; const step = async (n, k) => { for (let i = 0; i < k; i++) { await null; log.push(n + i); } };
Promise.all([step('a', 3), step('b', 2), (async () => { log.push('c0'); await step('d', 1); log.push('c1'); })()]).then(() => show(log));
//---
// return await vs return promise ticks
const log = [];
(async () => { await (async () => Promise.resolve())(); log.push('return promise'); })();
(async () => { await (async () => await Promise.resolve())(); log.push('return await'); })();
(async () => { await (async () => { })(); log.push('plain'); })();
Promise.resolve().then(() => log.push(1)).then(() => log.push(2)).then(() => log.push(3)).then(() => log.push(4)).then(() => log.push(5)).then(() => show(log));
//---
// async in every position
(async () => {
  const id = async x => x;
  const o = { [await id('k')]: await id(1), ...(await id({ z: 2 })) };
  const [a, b = await id(3)] = [await id(1)];
  const f = async (x, ...r) => [x, r];
  show(o, a, b, await f(await id(1), ...(await id([2, 3]))), `t${await id('x')}`);
  let i = 0; while (await id(i < 2)) { i += await id(1); } show(i);
  for (let j = await id(0); j < await id(2); j += await id(1)) show('j', j);
  for (const x of await id([1, 2])) show(await id(x));
  for (const k in await id({ p: 1 })) show(k);
  do { i--; } while (await id(i > 0)); show(i);
  switch (await id(2)) { case await id(1): show('no'); break; case await id(2): show('two'); }
  show((await id(null)) ?? (await id('d')), (await id(0)) || (await id('e')), (await id(1)) && (await id('g')), (await id(true)) ? await id('y') : 0);
  show(await id(await id(await id(7))), -(await id(5)), typeof await id(1), !(await id(1)), [await id(1), , await id(2)]);
  const obj = { n: 1, m() { return this.n; }, get g() { return id(this.n); } };
  obj.n += await id(2); obj[await id('n')] *= await id(2); obj.q ??= await id(9); obj.n++; show(obj.n, obj.q, (await id(obj)).m(), await obj.g, (await id(obj))?.n, await id(obj)?.m);
  delete (await id(obj)).q; show('q' in (await id(obj)), (await id(obj)) instanceof Object, new (await id(Date))(0).getTime());
  const { x = await id(5), [await id('y')]: y } = await id({ y: 6 }); show(x, y);
  ({ x: obj.n, y: obj[await id('w')] = await id(8) } = { x: 1 }); show(obj.n, obj.w);
  class C { [await id('meth')]() { return 1; } static s = 2; } show(new C().meth());
  label: for (;;) { for (;;) { await null; break label; } }
  try { await id(1); throw await id(new Error('t')); } catch (e) { show(e, await id('in catch')); } finally { show(await id('in finally')); }
  show(await (async () => { try { return await id('r'); } finally { await id(1); } })());
  show(await (async () => { for (const x of [1, 2]) { try { if (x === 1) continue; return x; } finally { await null; } } })());
  const tag = (s, ...v) => s.join('|') + v.join('-'); show(tag`a${await id(1)}b${await id(2)}`);
  if (await id(false)) show('no'); else if (await id(1)) show('elseif');
  show(await id(1), (await id(2), await id(3)), void await id(1), await id(2) ** await id(3), await id(2) in [1, 2, 3]);
})().catch(e => show('failed', e));
//---
// async generators
async function* ag() { yield 1; const x = yield Promise.resolve(2); show('sent', x); try { yield 3; } finally { show('closed'); await null; } }
(async () => {
  for await (const x of ag()) show(x);
  const it = ag(); show(await it.next(), await it.next(), await it.next('v'), await it.return('r'), await it.next());
  const it2 = ag(); show(await Promise.all([it2.next(), it2.next(), it2.next(), it2.next()]));
  for await (const x of ag()) { if (x === 2) break; }
  for await (const x of [1, Promise.resolve(2), 3]) show(x);
  try { for await (const x of [Promise.reject('bad')]) show(x); } catch (e) { show('caught', e); }
  const it3 = ag(); await it3.next(); try { await it3.throw(new Error('thrown in')); } catch (e) { show(e); } show(await it3.next());
  async function* del() { const r = yield* ag(); show('r', r); yield* [7, 8]; }
  const all = []; for await (const x of del()) all.push(x); show(all);
  show(await (async function* () { return Promise.resolve(4); })().next());
  show(Object.prototype.toString.call(ag()), typeof ag.prototype);
  const custom = { [Symbol.asyncIterator]() { let i = 0; return { next: async () => ({ value: i, done: i++ > 1 }), return: async () => { show('ret'); return {}; } }; } };
  for await (const x of custom) { show('c', x); if (x) break; }
})().catch(e => show('failed', e));
//---
// async errors in params and sync throws become rejections
const f = async (x = (() => { throw new Error('param'); })()) => x;
f().catch(e => show(e));
(async () => { null.x; })().catch(e => show(e.name));
show(f(1) instanceof Promise, (async () => { })() instanceof Promise);
//---
// class async methods, this in async arrows
class S { #v = 1; async get() { await null; return this.#v; } async *gen() { yield this.#v; } static async make() { return new this(); } arrow = async () => { await null; return this.#v + 1; }; }
(async () => { const s = await S.make(); show(await s.get(), await s.arrow()); for await (const x of s.gen()) show(x); })();
//---
// promise subclass and species
class P extends Promise { static made = 0; constructor(e) { super(e); P.made++; } }
const q = P.resolve(1).then(x => x); show(q instanceof P, P.made >= 2); q.then(v => show(v));
show(P.all([]) instanceof P);
//---
// unhandled errors in jobs do not stop others
Promise.resolve().then(() => { throw 1; }); Promise.resolve().then(() => show('still runs'));
//---
// long loops of awaits
(async () => { let s = 0; for (let i = 0; i < 2000; i++) s += await i; show(s); const a = []; for (let i = 0; i < 300; i++) a.push((async () => { await null; return i; })()); show((await Promise.all(a)).length); })();
