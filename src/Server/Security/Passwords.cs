using System.Globalization;
using System.Security.Cryptography;

namespace Platform.Server.Security;

/// <summary>
/// Hashes and checks passwords: PBKDF2 with SHA-256, a salt per password, the cost stored with the hash so that it can grow. A few at a
/// time, because each one keeps a core busy for a good part of a second.
/// </summary>
internal sealed class Passwords : IDisposable
{
    /// <summary>The cost that OWASP asks for since 2023; 0.1 to 0.3 s on one core.</summary>
    private const int Iterations = 600_000;
    private const int SaltBytes = 16;
    private const int HashBytes = 32;
    private const string Scheme = "pbkdf2-sha256";

    /// <summary>Letters and digits that nobody mistakes for one another; 20 of them are 116 bits.</summary>
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private readonly SemaphoreSlim _cores = new(Math.Max(1, Environment.ProcessorCount / 2));

    /// <summary>What nobody's password hashes to: random bytes instead of a hash, which cost nothing to make.</summary>
    internal string NobodysHash { get; } = Format(RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(HashBytes));

    /// <summary>A new random password.</summary>
    public static string Generate() =>
        string.Join('-', Enumerable.Range(0, 4).Select(_ => RandomNumberGenerator.GetString(Alphabet, 5)));

    /// <summary>The hash to store.</summary>
    /// <param name="password">The password.</param>
    public static string Hash(string password)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(salt, Rfc2898DeriveBytes.Pbkdf2(password, salt, Iterations, HashAlgorithmName.SHA256, HashBytes));
    }

    /// <summary>Checks a password. It takes as long for a user who does not exist (a null hash) as for one who does.</summary>
    /// <param name="password">What was typed.</param>
    /// <param name="stored">The stored hash, or null.</param>
    /// <param name="cancellationToken">Ends the wait for a free core.</param>
    public async ValueTask<bool> VerifyAsync(string password, string? stored, CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        try
        {
            return Matches(password, stored ?? NobodysHash) && stored is not null;
        }
        finally
        {
            _cores.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _cores.Dispose();

    private static string Format(byte[] salt, byte[] hash) =>
        string.Create(CultureInfo.InvariantCulture, $"{Scheme}${Iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}");

    private static bool Matches(string password, string stored)
    {
        var parts = stored.Split('$');
        if (parts is not [Scheme, var cost, var salt, var expected] || !int.TryParse(cost, CultureInfo.InvariantCulture, out var iterations))
            throw new InvalidOperationException("A stored password hash has a form that this version of the server does not know.");
        var hash = Convert.FromBase64String(expected);
        var actual = Rfc2898DeriveBytes.Pbkdf2(password, Convert.FromBase64String(salt), iterations, HashAlgorithmName.SHA256, hash.Length);
        return CryptographicOperations.FixedTimeEquals(actual, hash);
    }
}
