/a/.test('cat')
/^\d{3}-\d{4}$/.test('555-1234')
/(a)|(b)/.exec('b')
/(?<year>\d{4})-(?<m>\d\d)/.exec('on 2020-12')
/(?:a|b)+/.exec('xabab')[0]
/a{2,3}?/.exec('aaaa')[0]
/(z)((a+)?(b+)?(c))*/.exec('zaacbbbcac')
/(?:(a)|b)*/.exec('ab')
/(?=(a+))a*b\1/.exec('baaabac')
/(.*?)a(?!(a+)b\2c)\2(.*)/.exec('baaabaac')
/(?<=\$)\d+/.exec('cost $42')[0]
/(?<!\$)\b\d+/.exec('cost $42 or 17')[0]
/(?<=(\d+)(\d+))$/.exec('1053')
/\bfoo\b/.test('a foo b')
/\Bo/.exec('foo').index
/[^]/.test('\n')
/[]/.test('a')
/./.test('\n')
/./s.test('\n')
/^b/m.test('a\nb')
/a$/m.test('a\nb')
/a$/.test('a\n')
/\w+/.exec('héllo')[0]
/\s/.test('\u00a0')
/\s/.test('\ufeff')
/\d/.test('٣')
/[\d-x]/.test('-')
/[a-z&&b]/.test('&')
/\u0041/.test('A')
/\x41/.test('A')
/\cJ/.test('\n')
/\0/.test('\0')
/[\b]/.test('\b')
/\//.source
/[/]/.source
new RegExp('/').source
new RegExp('').source
String(new RegExp('a/b', 'gi'))
/a/gimsuy.flags
/a/d.exec('ba').indices
/(?<n>a)/d.exec('ba').indices.groups
/😀/.test('😀')
/^.$/.test('😀')
/^.$/u.test('😀')
/[😀]/u.exec('a😀')[0]
/\u{1F600}/u.test('😀')
/^[^x]$/u.test('😀')
/\p{L}+/u.exec('1héllo!')[0]
/\p{Lu}/u.test('É')
/\P{L}+/u.exec('abc123')[0]
/\p{Script=Greek}/u.test('α')
/\p{Emoji_Presentation}/u.test('😀')
/\p{Nd}+/u.exec('a٣4')[0]
/[\p{L}\d]+/u.exec('-é1-')[0]
/abc/i.test('ABC')
/É/i.test('é')
/[a-z]+/i.exec('ABC')[0]
/[^a-z]/i.test('A')
/\w/i.test('ſ')
/a/y.exec('ba')
(() => { const r = /a/y; r.lastIndex = 1; return [r.exec('ba'), r.lastIndex] })()
(() => { const r = /a/g; const o = []; let m; while ((m = r.exec('banana'))) o.push(m.index, r.lastIndex); return o })()
(() => { const r = /a/g; return [r.test('a'), r.test('a'), r.test('a')] })()
'aBc'.replace(/b/i, x => x.toUpperCase() + '!')
'x-y_z'.split(/[-_]/)
'aaa'.replace(/a/g, (m, i) => i)
'abc'.replace(/(?<first>a)(?<rest>.*)/, '$<rest>$<first>')
'2020-01-02'.match(/(\d+)-(\d+)-(\d+)/).slice(1)
'a.b*c'.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
'camelCaseString'.replace(/([A-Z])/g, ' $1').toLowerCase()
'  x  '.replace(/^\s+|\s+$/g, '')
'aXbXc'.split(/x/i)
'test'.match(/t/g).length
'test'.matchAll(/t/g).next().value.index
[...'a1b2'.matchAll(/[a-z](\d)/g)].map(m => m[1])
RegExp('a', 'g').global
attempt(() => new RegExp('('))
attempt(() => new RegExp('[b-a]'))
attempt(() => new RegExp('a', 'gg'))
attempt(() => new RegExp('a', 'x'))
attempt(() => new RegExp('*'))
attempt(() => new RegExp('a**'))
attempt(() => new RegExp('\\'))
attempt(() => new RegExp('(?<a>x)(?<a>y)'))
attempt(() => new RegExp('\\u{110000}', 'u'))
attempt(() => new RegExp('{1}', 'u'))
attempt(() => new RegExp('\\-', 'u'))
attempt(() => new RegExp(')'))
attempt(() => new RegExp('(?<1a>x)'))
attempt(() => new RegExp('x{2,1}'))
/{/.test('{')
/a{,2}/.test('a{,2}')
/x{1/.test('x{1')
/]/.test(']')
/\k/.test('k')
/\1(a)/.exec('aa')
/(a)\1/.exec('aa')[0]
/(?:a)(b)\1/.test('abb')
/\2(a)/.exec('\x02a')
/\8/.test('8')
/\101/.test('A')
/[\101]/.test('A')
/(?<a>.)\k<a>/.exec('xaab')[0]
/\k<a>(?<a>x)/.test('x')
/a|ab/.exec('abc')[0]
/((a)|(ab))((c)|(bc))/.exec('abc')
/a[a-z]{2,4}?/.exec('abcdefghi')[0]
/(aa|aabaac|ba|b|c)*/.exec('aabaac')
/(a?)*?$/.exec('aab')
/(?:a?)*?$/.exec('a')[0]
/^(?:.(?=.*(.)$))+/.exec('abc')
/(?=a)*/.test('')
Symbol.match in /a/
RegExp.prototype.toString.call({ source: 'x', flags: 'y' })
/a/ instanceof RegExp
typeof /a/
Object.keys(/a/)
Object.getOwnPropertyNames(/a/)
/[\w-]+@[\w-]+\.\w+/.exec('mail bob@example.com now')[0]
/^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/.test('192.168.1.1')
/^(?=.*[A-Z])(?=.*\d).{8,}$/.test('Passw0rd1')
/(\d+)\s\1/.test('42 42')
'aaaa'.replace(/a{2}/g, 'b')
/^\S+$/.test('a\u3000b')
/[\s\S]/.test('\n')
/\D\W\S/.test('a-b')
/[^\W\d]/.exec('1_')[0]
/a.c/.test('a\u2028c')
/$^/.test('')
/\b/.test('')
/(?:)/.exec('abc')[0]
/🐱|🐶/u.exec('x🐶').index
'😀x'.split('')
'😀x'.split(/(?:)/u)
'😀'.replace(/./gu, 'c')
'😀'.replace(/./g, 'c')
/[^\p{L}]/iu.test('A')
'a\nb'.replace(/^/gm, '> ')
'ab'.replace(/(?=b)/, '-')
'12345678'.replace(/\B(?=(\d{3})+(?!\d))/g, ',')
