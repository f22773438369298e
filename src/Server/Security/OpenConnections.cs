using System.Collections.Concurrent;
using Microsoft.AspNetCore.SignalR;

namespace Platform.Server.Security;

/// <summary>
/// Sockets that are open, by who opened them. Requests are checked one by one; a socket is checked when it opens, so it has to be closed
/// when its user or key loses the access. Whoever still has it opens another one.
/// </summary>
internal sealed class OpenConnections
{
    private readonly ConcurrentDictionary<string, HubCallerContext> _byId = new(StringComparer.Ordinal);

    /// <summary>A connection is open.</summary>
    /// <param name="connection">The connection.</param>
    public void Add(HubCallerContext connection) => _byId[connection.ConnectionId] = connection;

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

    private static bool IsOf(HubCallerContext connection, string claim, string subject) => connection.User?.FindFirst(claim)?.Value == subject;
}
