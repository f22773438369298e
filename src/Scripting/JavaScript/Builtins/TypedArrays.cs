using System.Buffers.Binary;
using System.Numerics;

namespace Platform.Scripting.JavaScript;

/// <summary>The element types, in the order of their intrinsics.</summary>
internal enum TypedArrayKind
{
    Int8,
    Uint8,
    Uint8Clamped,
    Int16,
    Uint16,
    Int32,
    Uint32,
    Float32,
    Float64,
    BigInt64,
    BigUint64,
}

/// <summary>A block of bytes; over a host's array it is that very array.</summary>
internal sealed class JsArrayBuffer : JsObject
{
    public JsArrayBuffer(Realm realm, byte[] bytes, JsObject? prototype = null)
        : base(realm, prototype ?? realm.Intrinsic(IntrinsicId.ArrayBufferPrototype))
    {
        Bytes = bytes;
    }

    public override string ClassName => "ArrayBuffer";

    public byte[] Bytes { get; }

    public static byte[] Allocate(Realm realm, double length)
    {
        if (length > realm.Limits.MemoryBytesMax)
            throw new JsLimitException(JsLimitKind.Memory, $"A buffer would have {NumberText.ToString(length)} bytes");
        realm.Allocate((long)length);
        return new byte[(int)length];
    }

    public override long Trace(MemoryTrace trace) => base.Trace(trace) + Bytes.Length;
}

/// <summary>Reading and writing numbers in bytes.</summary>
internal static class ElementAccess
{
    private static readonly int[] s_sizes = [1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8];

    public static int SizeOf(TypedArrayKind kind) => s_sizes[(int)kind];

    public static JsValue Read(TypedArrayKind kind, ReadOnlySpan<byte> bytes, bool littleEndian = true) => kind switch
    {
        TypedArrayKind.Int8 => (sbyte)bytes[0],
        TypedArrayKind.Uint8 or TypedArrayKind.Uint8Clamped => bytes[0],
        TypedArrayKind.Int16 => littleEndian ? BinaryPrimitives.ReadInt16LittleEndian(bytes) : BinaryPrimitives.ReadInt16BigEndian(bytes),
        TypedArrayKind.Uint16 => littleEndian ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes),
        TypedArrayKind.Int32 => littleEndian ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes),
        TypedArrayKind.Uint32 => (double)(littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes)),
        TypedArrayKind.Float32 => Canonical(littleEndian ? BinaryPrimitives.ReadSingleLittleEndian(bytes) : BinaryPrimitives.ReadSingleBigEndian(bytes)),
        TypedArrayKind.Float64 => Canonical(littleEndian ? BinaryPrimitives.ReadDoubleLittleEndian(bytes) : BinaryPrimitives.ReadDoubleBigEndian(bytes)),
        TypedArrayKind.BigInt64 => JsValue.Of(new BigInteger(littleEndian ? BinaryPrimitives.ReadInt64LittleEndian(bytes) : BinaryPrimitives.ReadInt64BigEndian(bytes))),
        TypedArrayKind.BigUint64 => JsValue.Of(new BigInteger(littleEndian ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : BinaryPrimitives.ReadUInt64BigEndian(bytes))),
    };

    /// <summary>Converts before writing, so that conversion errors leave the bytes alone.</summary>
    public static JsValue Convert(TypedArrayKind kind, JsValue value) =>
        kind >= TypedArrayKind.BigInt64 ? JsValue.Of(Coerce.ToBigInt(value)) : Coerce.ToNumber(value);

    public static void Write(TypedArrayKind kind, Span<byte> bytes, JsValue value, bool littleEndian = true)
    {
        switch (kind)
        {
            case TypedArrayKind.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes, value.Number);
                break;
            case TypedArrayKind.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes, (float)value.Number);
                break;
            case TypedArrayKind.BigInt64 or TypedArrayKind.BigUint64:
                BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)(value.BigInt & ulong.MaxValue));
                break;
            case TypedArrayKind.Uint8Clamped:
                bytes[0] = (byte)Math.Clamp(Math.Round(double.IsNaN(value.Number) ? 0 : value.Number, MidpointRounding.ToEven), 0, 255);
                break;
            default:
                WriteInteger(kind, bytes, Coerce.ToUint32(value.Number));
                break;
        }

        if (!littleEndian)
            bytes[..SizeOf(kind)].Reverse();
    }

    private static void WriteInteger(TypedArrayKind kind, Span<byte> bytes, uint value)
    {
        switch (SizeOf(kind))
        {
            case 1:
                bytes[0] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
                break;
            default:
                BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
                break;
        }
    }

    // Foreign NaN bit patterns could be taken for tags of our values.
    private static double Canonical(double number) => double.IsNaN(number) ? double.NaN : number;
}

/// <summary>A view on a buffer as numbers of one type.</summary>
internal sealed class JsTypedArray : JsObject
{
    public JsTypedArray(Realm realm, TypedArrayKind kind, JsArrayBuffer buffer, int offset, int length, JsObject? prototype = null)
        : base(realm, prototype ?? realm.Intrinsic(IntrinsicId.Int8ArrayPrototype + (int)kind), isExotic: true)
    {
        Kind = kind;
        Buffer = buffer;
        Offset = offset;
        Length = length;
    }

    public override string ClassName => "Object";
    public override bool HasExoticNames => true;
    public TypedArrayKind Kind { get; }
    public JsArrayBuffer Buffer { get; }
    public int Offset { get; }
    public int Length { get; }
    public int ElementSize => ElementAccess.SizeOf(Kind);
    public Span<byte> Bytes => Buffer.Bytes.AsSpan(Offset, Length * ElementSize);

    public static JsTypedArray Create(Realm realm, TypedArrayKind kind, double length, JsObject? prototype = null)
    {
        var bytes = JsArrayBuffer.Allocate(realm, length * ElementAccess.SizeOf(kind));
        return new JsTypedArray(realm, kind, new JsArrayBuffer(realm, bytes), 0, (int)length, prototype);
    }

    public JsTypedArray CopyOf()
    {
        var copy = Create(Realm, Kind, Length);
        Bytes.CopyTo(copy.Bytes);
        return copy;
    }

    public JsValue At(int index) => ElementAccess.Read(Kind, Buffer.Bytes.AsSpan(Offset + (index * ElementSize)));

    public void SetAt(int index, JsValue value)
    {
        var converted = ElementAccess.Convert(Kind, value);
        if ((uint)index < (uint)Length)
            ElementAccess.Write(Kind, Buffer.Bytes.AsSpan(Offset + (index * ElementSize)), converted);
    }

    public override bool TryGetOwn(PropertyKey key, out PropertySlot slot)
    {
        if (!key.IsIndex)
            return base.TryGetOwn(key, out slot);
        if (key.Index < (uint)Length)
        {
            slot = new PropertySlot(At((int)key.Index), PropertyFlags.All);
            return true;
        }

        slot = default;
        return false;
    }

    public override JsValue Get(PropertyKey key, JsValue receiver)
    {
        if (!key.IsIndex)
            return base.Get(key, receiver);
        return key.Index < (uint)Length ? At((int)key.Index) : JsValue.Undefined;
    }

    public override bool Set(PropertyKey key, JsValue value, JsValue receiver)
    {
        if (!key.IsIndex)
            return base.Set(key, value, receiver);
        SetAt((int)Math.Min(key.Index, int.MaxValue), value);
        return true;
    }

    public override bool Define(PropertyKey key, in PropertyRequest request)
    {
        if (!key.IsIndex)
            return base.Define(key, request);
        if (key.Index >= (uint)Length || request.IsAccessor || request.Configurable == false || request.Enumerable == false || request.Writable == false)
            return false;
        if (!request.Value.IsHole)
            SetAt((int)key.Index, request.Value);
        return true;
    }

    public override bool Delete(PropertyKey key) => key.IsIndex ? key.Index >= (uint)Length : base.Delete(key);

    public override List<PropertyKey> OwnKeys()
    {
        Realm.Step(Length / 8);
        var keys = new List<PropertyKey>();
        for (uint i = 0; i < Length; i++)
            keys.Add(new PropertyKey(i));
        AddNamedKeys(keys);
        return keys;
    }

    public override bool Harden(bool freeze) => Length == 0 || !freeze ? base.Harden(freeze) : throw JsThrow.Type("Cannot freeze array buffer views with elements");

    public override long Trace(MemoryTrace trace)
    {
        trace.Add(Buffer);
        return base.Trace(trace);
    }
}

/// <summary>A DataView.</summary>
internal sealed class JsDataView(Realm realm, JsArrayBuffer buffer, int offset, int length, JsObject prototype) : JsObject(realm, prototype)
{
    public JsArrayBuffer Buffer { get; } = buffer;
    public int Offset { get; } = offset;
    public int Length { get; } = length;

    public override long Trace(MemoryTrace trace)
    {
        trace.Add(Buffer);
        return base.Trace(trace);
    }
}
