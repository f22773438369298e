using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace Platform.Server.Security;

/// <summary>
/// Sockets that are open, by who opened them. Requests are checked one by one; a socket is checked when it opens, so it has to be closed
/// when its user or key loses the access. Whoever still has it opens another one.
/// </summary>
/// <param name="users">Who there is.</param>
/// <param name="keys">The keys there are.</param>
internal sealed class OpenConnections(Users users, ApiKeys keys)
{
    private readonly ConcurrentDictionary<string, HubCallerContext> _byId = new(StringComparer.Ordinal);

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
    }

    /// <summary>A connection is gone.</summary>
    /// <param name="connection">The connection.</param>
    public void Remove(HubCallerContext connection) => _byId.TryRemove(connection.ConnectionId, out _);

    /// <summary>Closes the connections of a key, or of a user and the user's keys.</summary>
    /// <param name="subject">Id of the user, or the short id of the key.</param>
    public void End(string subject)
    {
        foreach (var connection in _byId.Values.Where(connection => IsOf(connection, "sub", subject) || IsOf(connection, ApiKeys.OwnerClaim, subject)))
            connection.Abort();
    }

    private async ValueTask<bool> HasAccessAsync(HubCallerContext connection)
    {
        if (connection.GetHttpContext() is { } http && AuthenticationSchemes.FindApiKey(http.Request) is { } key)
            return await keys.AuthenticateAsync(key, AuthenticationSchemes.ApiKey, connection.ConnectionAborted) is not null;
        return connection.User?.FindFirst("sub")?.Value is { } id && await users.FindAsync(id, connection.ConnectionAborted) is not null;
    }

    private static bool IsOf(HubCallerContext connection, string claim, string subject) => connection.User?.FindFirst(claim)?.Value == subject;
}
