using System.Text;

namespace Platform.Server.Supervision;

/// <summary>Reads lines, however long they are and whatever bytes they hold.</summary>
internal static class Lines
{
    /// <summary>Most characters of a line; a longer one becomes several.</summary>
    public const int LengthMax = 8_192;

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="write">Gets the lines.</param>
    public static async Task ReadAsync(Stream stream, Action<string> write)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        var buffer = new char[4_096];
        var line = new StringBuilder();
        try
        {
            while (await reader.ReadAsync(buffer) is > 0 and var count)
                Take(buffer.AsSpan(0, count), line, write);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is gone, and nobody waits for the rest of its output.
        }

        if (line.Length > 0)
            write(line.ToString());
    }

    private static void Take(ReadOnlySpan<char> text, StringBuilder line, Action<string> write)
    {
        foreach (var character in text)
        {
            if (character != '\n')
                line.Append(character);
            if (character != '\n' && line.Length < LengthMax)
                continue;
            write(line.ToString().TrimEnd('\r'));
            line.Clear();
        }
    }
}
