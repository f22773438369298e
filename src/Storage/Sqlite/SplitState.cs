using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace Platform.Storage.Sqlite;

/// <summary>
/// A state without its large values. The stored form begins with a byte that no JSON begins with; where a value was cut out stands a byte
/// that no JSON contains, and the hash of the value.
/// </summary>
/// <param name="Bytes">The stored form.</param>
/// <param name="Payloads">What was cut out, by hash; each once.</param>
internal readonly record struct SplitState(ReadOnlyMemory<byte> Bytes, IReadOnlyDictionary<PayloadHash, ReadOnlyMemory<byte>> Payloads)
{
    /// <summary>The smallest value that is cut out: at this size a value takes pages of its own in any case.</summary>
    public const int ValueBytes = 16 * 1024;

    /// <summary>States below this are not looked into. Above it, looking costs less than writing.</summary>
    public const int StateBytes = 2 * ValueBytes;

    private const byte Mark = 1;
    private const byte Hole = 2;
    private static readonly Dictionary<PayloadHash, ReadOnlyMemory<byte>> None = [];

    /// <summary>Whether a stored form is one with holes.</summary>
    public static bool IsSplit(ReadOnlySpan<byte> stored) => stored is [Mark, ..];

    /// <summary>Cuts large values out of a state. One that is small, or no JSON, stays as it is, unless it looks like a stored form.</summary>
    /// <param name="state">The state.</param>
    public static SplitState Of(ReadOnlyMemory<byte> state)
    {
        var cuts = IsSplit(state.Span) ? [(0, state.Length)] : state.Length >= StateBytes ? FindLarge(state.Span) : null;
        if (cuts is null or [])
            return new(state, None);
        var payloads = new Dictionary<PayloadHash, ReadOnlyMemory<byte>>();
        var output = new ArrayBufferWriter<byte>(StateBytes);
        output.Write([Mark]);
        var from = 0;
        foreach (var (start, end) in cuts)
        {
            var value = state[start..end];
            var hash = PayloadHash.Of(value.Span);
            payloads[hash] = value;
            output.Write(state.Span[from..start]);
            output.Write([Hole]);
            hash.CopyTo(output.GetSpan(PayloadHash.Size));
            output.Advance(PayloadHash.Size);
            from = end;
        }

        output.Write(state.Span[from..]);
        return new(output.WrittenMemory, payloads);
    }

    /// <summary>The state of a stored form.</summary>
    /// <param name="stored">A form with holes.</param>
    /// <param name="payloads">The values of the instance, by hash.</param>
    /// <exception cref="StorageException">A value is missing: the database is damaged.</exception>
    public static ReadOnlyMemory<byte> Join(ReadOnlySpan<byte> stored, IReadOnlyDictionary<PayloadHash, byte[]> payloads)
    {
        var output = new ArrayBufferWriter<byte>(stored.Length + payloads.Values.Sum(value => value.Length));
        var rest = stored[1..];
        for (var hole = rest.IndexOf(Hole); hole >= 0; hole = rest.IndexOf(Hole))
        {
            output.Write(rest[..hole]);
            var hash = PayloadHash.Read(rest[(hole + 1)..]);
            output.Write(payloads.TryGetValue(hash, out var value) ? value : throw new StorageException("A large value of an instance is missing: the database is damaged. Restore a backup."));
            rest = rest[(hole + 1 + PayloadHash.Size)..];
        }

        output.Write(rest);
        return output.WrittenMemory;
    }

    /// <summary>The values that are large and contain no large one, in their order. Null when it is no JSON.</summary>
    private static List<(int Start, int End)>? FindLarge(ReadOnlySpan<byte> json)
    {
        var found = new List<(int, int)>();
        var open = new Stack<(int Start, int FoundBefore)>();
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                var start = (int)reader.TokenStartIndex;
                switch (reader.TokenType)
                {
                    case JsonTokenType.StartObject or JsonTokenType.StartArray:
                        open.Push((start, found.Count));
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        var (begin, before) = open.Pop();
                        if (open.Count > 0 && found.Count == before && reader.BytesConsumed - begin >= ValueBytes)
                            found.Add((begin, (int)reader.BytesConsumed));
                        break;
                    case JsonTokenType.String when open.Count > 0 && reader.BytesConsumed - start >= ValueBytes:
                        found.Add((start, (int)reader.BytesConsumed));
                        break;
                }
            }

            return found;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>Half of a SHA-256: two values with the same one are the same.</summary>
/// <param name="High">The first eight bytes.</param>
/// <param name="Low">The next eight.</param>
internal readonly record struct PayloadHash(ulong High, ulong Low)
{
    public const int Size = 16;

    public static PayloadHash Of(ReadOnlySpan<byte> value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(value, hash);
        return Read(hash);
    }

    public static PayloadHash Read(ReadOnlySpan<byte> bytes) =>
        new(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes), System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]));

    public void CopyTo(Span<byte> bytes)
    {
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], Low);
    }
}
