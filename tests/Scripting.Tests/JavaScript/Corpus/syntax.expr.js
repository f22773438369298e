1 +
(1
[1, 2
{ a: }
a b
let x
if (1)
x =>
() => { } ()
({ a = 1 })
({ a = 1 } = { })
[a, b] += 1
1 = 2
++1
x++ ++
(a, b) = 1
function () {}
new.target
super.x
super()
yield 1
async () => { for await (const x of []) x }
() => { await 1 }
function* g() { yield }
(function* () { yield = 1 })
(async function () { await = 1 })
class { constructor() {} constructor() {} }
class { get constructor() {} }
class { #a; #a }
class { m() { this.#b } }
class extends {} { }
(class { static prototype() { } })
({ get a(x) { } })
({ set a() { } })
({ __proto__: 1, __proto__: 2 })
((a, a) => 1)
(function (a, a) { })
(a, b) => { let a }
() => { let a; let a }
() => { let a; var a }
() => { var a; let a }
() => { const a }
() => { let [a] }
() => { break }
() => { continue }
() => { foo: while (1) { break bar } }
() => { a: a: 1 }
() => { while (1) { function f() { } } }
() => { return }
() => { throw
1 }
0777
08
1_
1__0
0x
0b2
1n.5
01n
3in []
'a
'\u{110000}'
'\x4'
`a${
`\u{}`
/a
/(/
/a/gg
a ? b
a ?? b || c
(a ?? b) || 1
-1 ** 2
(-1) ** 2
delete x
delete this.x
with (a) b
import x from 'y'
export default 1
enum
let let = 1
({ async *a() { }, async b() { }, get: 1, set: 2, async: 3, static: 4, await: 5, of: 6 })
({ if: 1, class: 2 }).if
({ 'a': 1, 2: 3, [4]: 5, 6n: 7 })
((a, b,) => a)(1)
((...a,) => a)
([...a, b] = [1])
({ ...{ a } } = {})
({ a: 1 } = {})
({ a() { } } = {})
[...[a, b]] = [1]
(async x => x)
(async (x) => x)
async x => x
async (x, y = 1) => x
(async)
async
(async => async)(1)
(x) 
=> x
`${`${1}`}`
a?.b = 1
a?.`x`
new a?.b()
new (class { })
typeof typeof void 0
void typeof 1
!(function () { })()
label: 1
{ }
({})
;
if (1) function f() { }
do x; while (0) y
for (let x of [], []) { }
for (let x = 1 of []) { }
for (const x of []) { }
for (let of []) { }
for (let [a, b] of [[1, 2]]) show(a, b)
for (var i = 0 in {}) { }
switch (1) { case 1: let a; case 2: let a }
switch (1) { default: default: }
try { }
try { } catch { }
try { } catch (e) { let e }
try { } catch (e) { var e }
try { } catch ([a, a]) { }
function f(a = super.b) { }
(function () { 'use strict'; 010 })
(function (a = 1) { 'use strict' })
eval = 1
arguments = 1
(eval) => 1
let undefined
let NaN = 1
var public
({ public: 1 }).public
a\u{62}c
var \u0061 = 1
v\u0061r x
'\
'
<!-- x
@decorator
#x
#x in {}
1.toString()
1..toString()
1.0.toFixed()
a.1
a.#b
?.a
...a
=> 1
{}{}
[,]
[,,1,]
(,)
({,})
f(,)
f(a,)
f(...a, ...b,)
