using System.Text.Json.Nodes;
using Platform.Engine;
using Platform.Server.Elsa.Instances;

namespace Platform.Server.Http;

/// <summary>Links to bookmarks, for activities that wait for people: whoever opens the link and confirms lets the activity go on, once.</summary>
public static class BookmarkUrls
{
    /// <summary>A link that can be used for seven days.</summary>
    /// <param name="context">The execution that made the bookmark.</param>
    /// <param name="bookmarkId">The bookmark.</param>
    public static string GenerateBookmarkTriggerUrl(this ActivityExecutionContext context, string bookmarkId) => Create(context, bookmarkId, null);

    /// <summary>A link that can be used for a time.</summary>
    /// <param name="context">The execution that made the bookmark.</param>
    /// <param name="bookmarkId">The bookmark.</param>
    /// <param name="lifetime">How long, at most 365 days.</param>
    /// <exception cref="ArgumentException">The time is too long.</exception>
    public static string GenerateBookmarkTriggerUrl(this ActivityExecutionContext context, string bookmarkId, TimeSpan lifetime) => Create(context, bookmarkId, lifetime);

    /// <summary>A link that can be used until a moment.</summary>
    /// <param name="context">The execution that made the bookmark.</param>
    /// <param name="bookmarkId">The bookmark.</param>
    /// <param name="expiresAt">Until when, within 365 days.</param>
    /// <exception cref="ArgumentException">The moment is over, or too far away.</exception>
    public static string GenerateBookmarkTriggerUrl(this ActivityExecutionContext context, string bookmarkId, DateTimeOffset expiresAt) => Create(context, bookmarkId, expiresAt);

    private static string Create(ActivityExecutionContext context, string bookmarkId, object? lifetimeOrExpiry) =>
        context.GetRequiredService<ResumeLinks>().Create(new ResumeTarget(context.WorkflowExecutionContext.Id, bookmarkId, null), lifetimeOrExpiry, (JsonObject?)null).Url;
}
