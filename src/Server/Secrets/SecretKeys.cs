using System.Security.Cryptography;
using System.Text;
using Platform.Server.Composition;
using Platform.Server.Security;

namespace Platform.Server.Secrets;

/// <summary>
/// The keys that secrets are encrypted with: <c>secrets.key</c> in the data directory, outside the database and readable by its owner
/// only. A line per key, <c>id:base64</c>, the one in use first; older ones stay, so that a restored backup of the database can be read.
/// Lose the file and the secrets are lost.
/// </summary>
internal sealed class SecretKeys
{
    private const int KeyBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int IdBytes = 4;
    private readonly string? _path;
    private List<(string Id, byte[] Key)> _keys;

    /// <summary>Reads the keys, and makes the first one at the first start.</summary>
    /// <param name="options">Where the data lies; in memory, keys last as long as the process.</param>
    public SecretKeys(StorageOptions options)
    {
        _path = options.Kind == StorageKind.Memory ? null : Path.Combine(options.DataPath, "secrets.key");
        if (_path is not null && File.Exists(_path))
        {
            _keys = Parse(_path);
            return;
        }

        _keys = [NewKey()];
        Write(_keys);
    }

    /// <summary>Id of the key in use.</summary>
    public string CurrentId => _keys[0].Id;

    /// <summary>Puts a new key in use. What is encrypted with older ones can still be read.</summary>
    public void Renew()
    {
        List<(string, byte[])> keys = [NewKey(), .. _keys];
        Write(keys);
        _keys = keys;
    }

    /// <summary>Encrypts a value with the key in use.</summary>
    /// <param name="value">The value.</param>
    /// <param name="boundTo">What the result belongs to; it cannot be decrypted for anything else.</param>
    public (string KeyId, string Cipher) Encrypt(string value, string boundTo)
    {
        var (id, key) = _keys[0];
        var plain = Encoding.UTF8.GetBytes(value);
        var box = new byte[NonceBytes + plain.Length + TagBytes];
        RandomNumberGenerator.Fill(box.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(box.AsSpan(0, NonceBytes), plain, box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(boundTo));
        return (id, Convert.ToBase64String(box));
    }

    /// <summary>Decrypts a value; null when its key is gone, or when the text was changed or belongs to something else.</summary>
    /// <param name="keyId">The key it was encrypted with.</param>
    /// <param name="cipher">The encrypted value.</param>
    /// <param name="boundTo">What it belongs to.</param>
    public string? Decrypt(string keyId, string cipher, string boundTo)
    {
        if (_keys.FirstOrDefault(key => key.Id == keyId) is not (_, { } key))
            return null;
        try
        {
            var box = Convert.FromBase64String(cipher);
            if (box.Length < NonceBytes + TagBytes)
                return null;
            var plain = new byte[box.Length - NonceBytes - TagBytes];
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(box.AsSpan(0, NonceBytes), box.AsSpan(NonceBytes, plain.Length), box.AsSpan(NonceBytes + plain.Length), plain, Encoding.UTF8.GetBytes(boundTo));
            return Encoding.UTF8.GetString(plain);
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }
    }

    private static (string Id, byte[] Key) NewKey() =>
        (Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdBytes)), RandomNumberGenerator.GetBytes(KeyBytes));

    private static List<(string Id, byte[] Key)> Parse(string path)
    {
        var keys = new List<(string, byte[])>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var key = new byte[KeyBytes];
            if (colon <= 0 || !Convert.TryFromBase64String(line[(colon + 1)..], key, out var length) || length != KeyBytes)
                throw Damaged(path);
            keys.Add((line[..colon], key));
        }

        return keys.Count > 0 ? keys : throw Damaged(path);
    }

    private static StartFailedException Damaged(string path) => new(
        "WF4604", $"The key file '{path}' is damaged. Put back a copy. Without it, delete the file and set every secret anew.");

    private void Write(List<(string Id, byte[] Key)> keys)
    {
        if (_path is not null)
            PrivateFile.Write(_path, Encoding.ASCII.GetBytes(string.Concat(keys.Select(key => $"{key.Id}:{Convert.ToBase64String(key.Key)}\n"))));
    }
}
