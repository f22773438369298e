using System.Buffers.Text;
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Platform.Benchmarks;

/// <summary>
/// A small load generator: keep-alive connections that each send the next request when the last answer is complete. Raw sockets, so
/// that the two cores go to the server and not to a client library.
/// </summary>
internal static class Load
{
    /// <summary>Sends the same request for a time.</summary>
    public static Task<LoadResult> RunAsync(Uri address, string path, int connections, TimeSpan duration)
    {
        var until = Stopwatch.GetTimestamp() + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n");
        return RunAsync(address, connections, () => Stopwatch.GetTimestamp() < until ? request : null);
    }

    /// <summary>Sends a number of requests with a body, with the key of the platform.</summary>
    public static Task<LoadResult> PostAsync(Uri address, int connections, int count, Func<int, (string Path, string Body)> request)
    {
        var next = -1;
        return RunAsync(address, connections, () =>
        {
            var number = Interlocked.Increment(ref next);
            if (number >= count)
                return null;
            var (path, body) = request(number);
            return Encoding.UTF8.GetBytes(
                $"POST {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: ApiKey {ServerProcess.ApiKey}\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}");
        });
    }

    private static async Task<LoadResult> RunAsync(Uri address, int connections, Func<byte[]?> next)
    {
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(() => ConnectionAsync(address, next))));
        var elapsed = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var times = all.SelectMany(list => list).Order().ToArray();
        return new LoadResult(times.Length, times.Length / elapsed, At(times, 0.5), At(times, 0.99));
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)(share * (sorted.Length - 1))];

    private static async Task<List<double>> ConnectionAsync(Uri address, Func<byte[]?> next)
    {
        var times = new List<double>(100_000);
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(address.Host, address.Port);
        var buffer = new byte[16_384];
        while (next() is { } request)
        {
            var sent = Stopwatch.GetTimestamp();
            await socket.SendAsync(request);
            await ReadAnswerAsync(socket, buffer);
            times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return times;
    }

    private static async Task ReadAnswerAsync(Socket socket, byte[] buffer)
    {
        var length = 0;
        while (true)
        {
            var read = await socket.ReceiveAsync(buffer.AsMemory(length));
            if (read == 0)
                throw new IOException("The server closed the connection.");
            length += read;
            if (IsComplete(buffer.AsSpan(0, length)))
                return;
        }
    }

    private static bool IsComplete(ReadOnlySpan<byte> answer)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        if (!answer.StartsWith("HTTP/1.1 20"u8))
            throw new IOException($"The server answered: {Encoding.ASCII.GetString(answer)}");
        var header = answer.IndexOf("Content-Length: "u8);
        if (header >= 0 && header < end)
        {
            Utf8Parser.TryParse(answer[(header + 16)..], out int size, out _);
            return answer.Length >= end + 4 + size;
        }

        return answer.EndsWith("0\r\n\r\n"u8);
    }
}

/// <summary>What a load run measured; times in milliseconds.</summary>
internal sealed record LoadResult(long Count, double PerSecond, double P50, double P99)
{
    public override string ToString() => $"{PerSecond:N0} requests/s, p50 {P50:0.00} ms, p99 {P99:0.00} ms ({Count:N0} requests)";
}
