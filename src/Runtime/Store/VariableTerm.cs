using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Runtime.Store;

/// <summary>A value under a name, by which runs are found. Both are compared in any case, the value by its first 256 characters.</summary>
/// <param name="Name">Name of a variable, an input or an output.</param>
/// <param name="Value">The value as text: <c>true</c>, <c>12.5</c>, <c>Seoul</c>.</param>
public sealed record VariableTerm(string Name, string Value)
{
    /// <summary>Characters of a value that count; the rest is not looked at.</summary>
    public const int ValueLengthMax = 256;

    /// <summary>Longest name that is indexed.</summary>
    public const int NameLengthMax = 128;

    /// <summary>A number as values write it: <c>12.50</c> is <c>12.5</c>. Null for what is no number.</summary>
    /// <param name="text">Text, perhaps a number.</param>
    public static string? NumberText(string text) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number.ToString("0.############################", CultureInfo.InvariantCulture)
            : null;

    /// <summary>The hash by which the term is stored: the same for what is equal, and as good as never for anything else.</summary>
    public long Hash()
    {
        var text = $"{Name.ToUpperInvariant()}\0{(Value.Length > ValueLengthMax ? Value[..ValueLengthMax] : Value).ToUpperInvariant()}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadInt64LittleEndian(hash);
    }

    /// <summary>The hashes under which a value that somebody looks for may be stored: as it is written, and as a number.</summary>
    public IReadOnlyList<long> SoughtHashes()
    {
        var hash = Hash();
        return NumberText(Value) is { } number && number != Value ? [hash, (this with { Value = number }).Hash()] : [hash];
    }
}
