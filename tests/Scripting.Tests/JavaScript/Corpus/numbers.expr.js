(25).toString(2)
(255).toString(16)
(0.1).toString(2)
(0.5).toString(16)
(123.456).toString(36)
(-255.5).toString(16)
(1/3).toString(3)
Math.PI.toString(16)
(1e-7).toString(10)
(123.456).toFixed(2)
(0.000001).toFixed(7)
(1.005).toFixed(2)
(2.5).toFixed(0)
(-2.5).toFixed(0)
(0.5).toFixed(0)
(1.45).toFixed(1)
(1e21).toFixed(2)
(123.456).toFixed()
(-1.5).toFixed(0)
(-0.0000001).toFixed(2)
(0).toFixed(2)
(1.23e-10).toFixed(2)
(1000000000000000128).toFixed(0)
(123.456).toExponential()
(123.456).toExponential(2)
(0).toExponential()
(0.00015).toExponential(1)
(-1.5e-9).toExponential(3)
(123456).toExponential(0)
(123.456).toPrecision(4)
(0.000123).toPrecision(2)
(123456).toPrecision(2)
(1e21).toPrecision(3)
(1.25).toPrecision(2)
(1.35).toPrecision(2)
(0).toPrecision(4)
(99.99).toPrecision(3)
(123.456).toPrecision()
NaN.toFixed(2)
Infinity.toPrecision(3)
attempt(() => (1).toPrecision(0))
attempt(() => (1).toString(1))
Number.MAX_SAFE_INTEGER
Number.MIN_VALUE
Number.EPSILON
Number.isInteger(5.0)
Number.isSafeInteger(2 ** 53)
Number.parseFloat === parseFloat
5e-324.toString()
(1e300 * 1e10)
0.1 + 0.2
100 / 3
1e16
12345678901234567890
0.00001
0.000001
0.0000001
1.0
123e5
-1e-10
4.9406564584124654e-324
2.2250738585072014e-308
1.7976931348623157e308
9.95
0.07 * 100
1.1 + 2.2
Math.round(2.5)
Math.round(-2.5)
Math.round(-0.4)
Math.round(0.49999999999999994)
Math.round(4503599627370495.5)
Math.floor(-1.5)
Math.ceil(-0.5)
Math.trunc(-1.9)
Math.sign(-3)
Math.sign(-0)
Math.abs(-5)
Math.max()
Math.min()
Math.max(1, NaN, 3)
Math.max(-0, 0)
Math.min(0, -0)
Math.hypot(3, 4)
Math.hypot()
Math.hypot(1e200, 1e200)
Math.cbrt(27)
Math.clz32(1)
Math.fround(5.5)
Math.fround(5.05)
Math.imul(0xffffffff, 5)
Math.log2(8)
Math.log10(1000)
Math.log1p(0)
Math.expm1(0)
Math.pow(2, 0.5)
Math.sqrt(2)
Math.sqrt(-1)
Math.atan2(1, 1)
Math.sinh(0)
Math.asinh(-0)
Math.exp(1)
Math.E
Math[Symbol.toStringTag]
Object.getOwnPropertyNames(Math).length > 40
[1, 2, 3].map(Math.sqrt)
(1234567.891).toLocaleString()
(1234.5).toLocaleString('en-US', { style: 'currency', currency: 'USD' })
(0.256).toLocaleString('en-US', { style: 'percent' })
(1234.5).toLocaleString('en-US', { minimumFractionDigits: 2 })
(1234567).toLocaleString('en-US', { maximumSignificantDigits: 3 })
(1234.5).toLocaleString('de-DE')
(5).toLocaleString('en-US', { minimumIntegerDigits: 2 })
(1e21).toLocaleString('en-US')
(-5.678).toLocaleString('en-US', { maximumFractionDigits: 1 })
(1234.5).toLocaleString('en-US', { useGrouping: false })
(12).toLocaleString('en-US', { style: 'currency', currency: 'EUR' })
(1500).toLocaleString('en-US', { notation: 'compact' })
new Intl.NumberFormat('en-US').format(1234567.8)
new Intl.NumberFormat('en-US', { style: 'currency', currency: 'JPY' }).format(1234.5)
[1, 2].map(new Intl.NumberFormat('en-US', { minimumFractionDigits: 1 }).format)
new Intl.PluralRules('en-US').select(1)
new Intl.PluralRules('en-US', { type: 'ordinal' }).select(22)
['b', 'a', 'C'].sort(new Intl.Collator('en').compare)
['a10', 'a2'].sort(new Intl.Collator('en', { numeric: true }).compare)
'a'.localeCompare('A', 'en', { sensitivity: 'base' })
Number('0x10') + Number('0o10')
+'1,000'
(25).toString(36)
(-7) % 3
2 ** 53 + 1
0.1 * 3
1e3.toString()
Number(new Date(5))
Number(true)
Number([[[5]]])
1 / Math.round(-0.2)
Object.is(-0, 0)
Object.is(NaN, NaN)
[NaN].includes(NaN)
[NaN].indexOf(NaN)
[-0].includes(0)
1 / [-0][0]
JSON.stringify([-0, 1e21, 1e-7, NaN, Infinity])
parseFloat('1e-7')
(1.0000000000000002).toString()
(0.1).toFixed(20)
(1e-10).toFixed(10)
(123.456).toFixed(10)
1e5 + ''
1e-5 + ''
(1e21 + 1) + ''
(-1e21) + ''
0xdeadbeef
0b11 + 0o11
1_0.5_0
