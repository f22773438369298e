using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.SignalR;

namespace Platform.Server.Security;

/// <summary>
/// Sockets that are open, by who opened them. Requests are checked one by one; a socket is checked when it opens, so it has to be closed
/// when its user or key loses the access. Whoever still has it opens another one.
/// </summary>
/// <param name="users">Who there is.</param>
/// <param name="keys">The keys there are.</param>
/// <param name="clock">Time.</param>
internal sealed class OpenConnections(Users users, ApiKeys keys, TimeProvider clock) : IDisposable
{
    /// <summary>The claim with the end of a credential, in seconds since 1970.</summary>
    public const string EndClaim = "exp";

    /// <summary>Timers cannot wait for longer than some weeks, so a later end is waited for in parts.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    private readonly ConcurrentDictionary<string, HubCallerContext> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ITimer> _ends = new(StringComparer.Ordinal);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var id in _ends.Keys)
            Forget(id);
    }

    /// <summary>
    /// A connection is open. Its request was checked before; an access that ended since then found no connection to close, so it is
    /// looked at once more.
    /// </summary>
    /// <param name="connection">The connection.</param>
    public async Task AddAsync(HubCallerContext connection)
    {
        _byId[connection.ConnectionId] = connection;
        if (!await HasAccessAsync(connection))
            connection.Abort();
        else if (EndOf(connection) is { } end)
            EndAt(connection, end);
    }

    /// <summary>A connection is gone.</summary>
    /// <param name="connection">The connection.</param>
    public void Remove(HubCallerContext connection)
    {
        _byId.TryRemove(connection.ConnectionId, out _);
        Forget(connection.ConnectionId);
    }

    /// <summary>Closes the connections of a key, or of a user and the user's keys.</summary>
    /// <param name="subject">Id of the user, or the short id of the key.</param>
    public void End(string subject)
    {
        foreach (var connection in _byId.Values.Where(connection => IsOf(connection, "sub", subject) || IsOf(connection, ApiKeys.OwnerClaim, subject)))
            connection.Abort();
    }

    private static DateTimeOffset? EndOf(HubCallerContext connection) =>
        long.TryParse(connection.User?.FindFirst(EndClaim)?.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    /// <summary>Closes a connection when its token, key or session ends.</summary>
    private void EndAt(HubCallerContext connection, DateTimeOffset end)
    {
        var timer = clock.CreateTimer(_ => Look(connection, end), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _ends[connection.ConnectionId] = timer;
        Look(connection, end);
        // It may have gone while its timer was made.
        if (!_byId.ContainsKey(connection.ConnectionId))
            Forget(connection.ConnectionId);
    }

    private void Look(HubCallerContext connection, DateTimeOffset end)
    {
        var left = end - clock.GetUtcNow();
        if (left <= TimeSpan.Zero)
            connection.Abort();
        else if (_ends.TryGetValue(connection.ConnectionId, out var timer))
            timer.Change(left < WaitMax ? left : WaitMax, Timeout.InfiniteTimeSpan);
    }

    private void Forget(string connectionId)
    {
        if (_ends.TryRemove(connectionId, out var timer))
            timer.Dispose();
    }

    private async ValueTask<bool> HasAccessAsync(HubCallerContext connection)
    {
        if (connection.GetHttpContext() is { } http && AuthenticationSchemes.FindApiKey(http.Request) is { } key)
            return await keys.AuthenticateAsync(key, AuthenticationSchemes.ApiKey, connection.ConnectionAborted) is not null;
        return connection.User?.FindFirst("sub")?.Value is { } id && await users.FindAsync(id, connection.ConnectionAborted) is not null;
    }

    private static bool IsOf(HubCallerContext connection, string claim, string subject) => connection.User?.FindFirst(claim)?.Value == subject;
}
