using System.Globalization;

namespace Platform.Server.Security;

/// <summary>
/// What a password must be: long, and none that is tried first. There are no rules about kinds of characters: they make passwords
/// harder to remember than to guess.
/// </summary>
internal static class PasswordRules
{
    private const int DistinctMin = 5;

    /// <summary>Passwords of 12 characters and more that stand at the top of every leaked list, and what is made of them.</summary>
    private static readonly string[] _common =
    [
        "password", "passwort", "qwerty", "qwertz", "azerty", "asdfgh", "zxcvbn", "letmein", "welcome", "iloveyou", "changeme", "administrator", "platform",
        "123456789", "1234567890", "987654321", "abcdefg", "abc123", "1q2w3e", "q1w2e3", "monkey", "dragon", "football", "superman", "trustno1", "secret", "admin",
    ];

    /// <summary>Why a password cannot be used; null when it can.</summary>
    /// <param name="password">The password.</param>
    /// <param name="userName">Whose it is to be.</param>
    public static string? WhyNot(string password, string userName)
    {
        if (password.Length < SecurityOptions.PasswordLengthMin)
            return $"It has {password.Length} characters; it needs {SecurityOptions.PasswordLengthMin} at least. A few words that do not belong together are easy to remember.";
        if (password.Length > SecurityOptions.PasswordLengthMax)
            return string.Create(CultureInfo.InvariantCulture, $"It is longer than {SecurityOptions.PasswordLengthMax:N0} characters, the most that are taken.");
        if (password.Distinct().Count() < DistinctMin)
            return $"It has fewer than {DistinctMin} different characters, so it is guessed at once.";
        if (Rest(password, userName) < DistinctMin)
            return "It is little more than the name of the user, which is tried first.";
        return _common.Any(word => Rest(password, word) < DistinctMin)
            ? "It is little more than one of the passwords that everybody tries first. Add words that do not belong to it."
            : null;
    }

    /// <summary>How much of a password is left when a word is taken out of it, digits and signs at its ends included.</summary>
    private static int Rest(string password, string word) => !password.Contains(word, StringComparison.OrdinalIgnoreCase)
        ? password.Length
        : password.Replace(word, "", StringComparison.OrdinalIgnoreCase).Count(char.IsLetter);
}
