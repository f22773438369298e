1 + 2
1 + '2'
'3' * '4'
'a' - 1
[] + []
[] + {}
({}) + []
[1,2] + [3]
1 / 0
-1 / 0
0 / 0
-0
0 * -1
5 % 3
-5 % 3
5 % -3
5.5 % 2
-0 % 5
5 % 0
5 % Infinity
Infinity % 5
2 ** 10
2 ** -1
2 ** 3 ** 2
(-2) ** 2
(-8) ** (1/3)
1 ** Infinity
NaN ** 0
0.1 + 0.2
0.1 * 3
1e308 * 10
9007199254740993
1 << 31
1 << 32
-1 >>> 0
-1 >> 1
-1 >>> 28
5 & 3
5 | 3
5 ^ 3
~5
~-1
~~3.7
3.7 | 0
-3.7 | 0
4294967296 | 0
2147483648 | 0
1e21 | 0
'5' & 7
null + 1
undefined + 1
true + true
[] == false
[] == ''
[0] == false
null == undefined
null == 0
null >= 0
undefined == 0
NaN == NaN
NaN !== NaN
'1' == 1
'01' == 1
'' == 0
'0' == false
({}) == '[object Object]'
[1] == 1
[1,2] == '1,2'
'b' > 'a'
'B' > 'a'
'10' < '9'
'10' < 9
null < 1
undefined < 1
[2] > 1
'a' < 1
NaN < 1
1 < 2 < 3
3 > 2 > 1
typeof undefined
typeof null
typeof 1
typeof 'a'
typeof true
typeof {}
typeof []
typeof (() => 1)
typeof Symbol()
typeof 1n
typeof undeclaredName
typeof class {}
void 0
!0
!''
!'0'
!!NaN
!![]
!!0n
1 && 2
0 && 2
0 || 'x'
'' ?? 'y'
null ?? 'y'
undefined ?? null ?? 0
(null || undefined) ?? 'z'
true ? 1 : 2
(1, 2, 3)
'a' in { a: 1 }
'toString' in {}
0 in [1]
1 in [1]
'length' in []
[] instanceof Array
[] instanceof Object
(() => 1) instanceof Function
Object.create(null) instanceof Object
attempt(() => 1 in 2)
attempt(() => 1 instanceof 2)
attempt(() => 'a' in 'abc')
1n + 2n
2n ** 64n
-7n / 2n
-7n % 2n
7n / -2n
5n & 3n
-5n & 3n
5n | -3n
5n ^ -1n
~5n
-5n
1n << 70n
-1n >> 3n
123456789012345678901234567890n * 987654321098765432109876543210n
1n == 1
1n === 1
2n > 1
1n < 1.5
'2' > 1n
1n + '2'
attempt(() => 1n + 1)
attempt(() => +1n)
attempt(() => 1n / 0n)
attempt(() => 2n ** -1n)
attempt(() => 1n >>> 0n)
typeof (1n * 1n)
0n === -0n
BigInt(10) + BigInt('0x1f')
BigInt.asIntN(8, 255n)
BigInt.asUintN(8, -1n)
BigInt.asUintN(64, -1n)
(255n).toString(16)
(-255n).toString(2)
attempt(() => BigInt(1.5))
attempt(() => BigInt('x'))
attempt(() => BigInt(undefined))
Number(123n)
parseInt('12n')
[3n, 1, 2n, 10].sort()
1n ? 'y' : 'n'
++[[]][0]
[10, 9, 8].map(parseInt)
'b' + 'a' + +'a' + 'a'
[,].length
[1,,3]
[...[,1]]
+[]
+{}
+[5]
+'  12  '
+'1_000'
+'0b101'
+'0o17'
+'0x1G'
+''
+'\n'
+null
+undefined
+true
+'Infinity'
+'-Infinity'
+'infinity'
+'1e3'
+'.5'
+'5.'
+'.'
+'+5'
+'--5'
+new Date(5)
0b1010
0o777
0xFf
1_000_000
.5
5.
0.0000001
1e21
1e-7
123e-20
100000000000000000000
1000000000000000000000
123456789.123
5e-324
1.7976931348623157e308
-1e-7
0.1 + 0.7
1/3
4.35 * 100
1.1 * 1.1
2e-10
1.5e300 * 1.5e300
[1,2,3].at?.(-1)
({ a: { b: 1 } }).a?.b
({})?.a?.b.c.d
null?.a
undefined?.[0]
undefined?.()
({ f() { return this.x }, x: 5 }).f?.()
({ a: null }).a?.b()
(({ a: { f() { return this.v }, v: 9 } })?.a.f)()
delete { a: 1 }.a
delete [1][0]
attempt(() => delete Object.freeze({ a: 1 }).a)
delete null?.a
((a, b = a + 1, ...c) => [a, b, c])(1)
((a, b = a + 1, ...c) => [a, b, c])(1, undefined, 3, 4)
(({ a, b: { c = 5 } = {} }) => [a, c])({ a: 1 })
(([a, , b] = [1, 2, 3]) => [a, b])()
(function () { return arguments.length })(1, 2, 3)
(function (a, b) { arguments[0] = 9; return a })(1)
(function f(n) { return n ? n * f(n - 1) : 1 })(10)
(function () { return typeof this })()
(() => { let x = 1; { let x = 2; } return x })()
((...args) => args.length)(...[1, 2], 3, ...'ab')
Math.max(...[1, 5, 3], ...new Set([9]))
[...'héllo', ...new Map([[1, 2]])]
{ ...{ a: 1 }, b: 2, ...null, ...[7], ...'hi' }
({ ['a' + 1]: 1, get x() { return 2 }, set x(v) {}, async m() {}, *g() {}, 1: 1, 'k k': 2 })
({ __proto__: { z: 1 } }).z
({ '__proto__': null }) instanceof Object
({ ['__proto__']: 1 })
(x => y => z => x + y + z)(1)(2)(3)
`a${1}b${`c${2}`}d`
`line1
line2`
`\u0041\x41\t\\`
String.raw`\n${1}\t`
((s, ...v) => [s.raw, s, v])`a${1}\n${2}`
((s) => s)`\unicode`
'\u{1F600}'.length
'\x41\u0042\103'.length
'a\
b'
"\'\"\0"
typeof typeof 1
- -1
+-+1
!-1
[1, 2, 3].indexOf(2) !== -1 && 'found'
((a, a2) => a ** a2)(2, 3)
new (class { constructor(x) { this.x = x } })(5)
new class A { static s = 1; f = 2; #p = 3; get p() { return this.#p } }().p
(class { static #x = 5; static has(o) { return #x in o } }).has({})
(class A { static m() { return A.name } }).m()
new Array(3)
new Array(3).fill(0)
new Array('3')
new Object(1)
new String('abc')
new Number(5) + 1
new Boolean(false) ? 1 : 2
new Date(2020, 0, 31, 12)
new (function F(a) { this.a = a; })(1)
attempt(() => new (() => 1)())
attempt(() => new ({ m() {} }).m())
attempt(() => null.x)
attempt(() => undefined.x())
attempt(() => (void 0)[Symbol.iterator])
attempt(() => { const x = 1; x = 2; })
attempt(() => { y; let y; })
attempt(() => undefinedVariable)
attempt(() => { undefinedVariable = 1 })
attempt(() => [].reduce((a, b) => a))
attempt(() => 'x'.repeat(-1))
attempt(() => new Array(-1))
attempt(() => (1).toFixed(101))
attempt(() => Symbol() + '')
attempt(() => [...{}])
attempt(() => { const [a] = null; })
attempt(() => { const { a } = undefined; })
attempt(() => { class A { constructor() { this.x } } class B extends A { constructor() { } } new B() })
attempt(() => { class A {} A() })
attempt(() => 1())
attempt(() => ({}).x())
attempt(() => JSON.parse('{a}'))
attempt(() => decodeURIComponent('%'))
attempt(() => 'abc'.x.y)
