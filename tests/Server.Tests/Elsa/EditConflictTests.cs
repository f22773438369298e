using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

/// <summary>What becomes of a change when somebody else has changed the same workflow meanwhile.</summary>
public sealed class EditConflictTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task The_second_of_two_tabs_is_refused_and_told_who_did_what_when()
    {
        var (one, other) = await OpenInTwoTabsAsync("two-tabs");
        (await one.SaveAsync("Renamed by one", text: "One")).Status.ShouldBe(200);

        var refused = await other.SaveAsync("Renamed by the other", text: "Other");

        refused.ShouldBeInvalid("WF4780", "is not saved, because bootstrap saved version 1 on ");
        var conflict = refused.Node["conflict"]!;
        conflict["by"]!["kind"]!.GetValue<string>().ShouldBe("apiKey");
        conflict["action"]!.GetValue<string>().ShouldBe("workflow.save");
        conflict["at"]!.GetValue<DateTimeOffset>().ShouldBeInRange(DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
        conflict["isDeleted"]!.GetValue<bool>().ShouldBeFalse();
        var differences = conflict["differences"]!.AsArray();
        differences[0]!["members"]!.AsArray().Select(member => member!.GetValue<string>()).ShouldBe(["name"]);
        differences[1]!["activityId"]!.GetValue<string>().ShouldBe("w1");
        differences[1]!["kind"]!.GetValue<string>().ShouldBe("Changed");
        differences[1]!["members"]!.AsArray().Select(member => member!.GetValue<string>()).ShouldBe(["text"]);
        differences.Count.ShouldBe(2);
        (await NameAsync("two-tabs")).ShouldBe("Renamed by one");
    }

    [Fact]
    public async Task Whoever_has_seen_the_other_change_may_overwrite_it_and_then_the_first_is_refused()
    {
        var (one, other) = await OpenInTwoTabsAsync("overwrite");
        await one.SaveAsync("One");
        var conflict = (await other.SaveAsync("Other")).Node["conflict"]!;

        other.Revision = conflict["revision"]!.GetValue<string>();
        (await other.SaveAsync("Other")).Status.ShouldBe(200);

        (await NameAsync("overwrite")).ShouldBe("Other");
        (await one.SaveAsync("One again")).ShouldBeInvalid("WF4780", "saved version 1");
    }

    [Fact]
    public async Task One_tab_may_repeat_and_overlap_its_own_saves_without_waiting_for_answers()
    {
        var (one, other) = await OpenInTwoTabsAsync("overlap");
        var seen = one.Revision;
        foreach (var name in (string[])["First", "First", "Second", "Third"])
        {
            one.Revision = seen;
            (await one.SaveAsync(name)).Status.ShouldBe(200);
        }

        (await NameAsync("overlap")).ShouldBe("Third");
        (await other.SaveAsync("Other")).ShouldBeInvalid("WF4780", "saved version 1");
        one.Revision = seen;
        (await Task.WhenAll(Enumerable.Range(0, 8).Select(number => one.SaveAsync($"Name {number}")))).ShouldAllBe(answer => answer.Status == 200);
    }

    [Fact]
    public async Task A_tab_that_lost_an_answer_is_refused_when_somebody_else_came_after_it()
    {
        var (one, other) = await OpenInTwoTabsAsync("lost-answer");
        var seen = one.Revision;
        await one.SaveAsync("One");
        await other.OpenAsync();
        (await other.SaveAsync("Other, on top of one")).Status.ShouldBe(200);

        one.Revision = seen;
        (await one.SaveAsync("One")).ShouldBeInvalid("WF4780", "saved version 1");
        (await NameAsync("lost-answer")).ShouldBe("Other, on top of one");
    }

    [Fact]
    public async Task The_same_content_is_no_conflict_and_no_change()
    {
        var (one, other) = await OpenInTwoTabsAsync("same-content");
        await one.SaveAsync("Agreed");
        var revision = one.Revision;
        (await other.SaveAsync("Agreed")).Status.ShouldBe(200);
        other.Revision.ShouldBe(revision);
        (await one.SaveAsync("Agreed")).Status.ShouldBe(200);
        one.Revision.ShouldBe(revision);
        (await other.SaveAsync("Other")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Publishing_what_somebody_else_has_changed_is_refused_and_publishes_nothing()
    {
        var (one, other) = await OpenInTwoTabsAsync("publish-stale");
        await one.SaveAsync("One");

        (await other.SaveAsync("Other", publish: true)).ShouldBeInvalid("WF4780", "saved version 1");
        (await other.PostAsync("/publish")).ShouldBeInvalid("WF4780", "saved version 1");

        (await server.GetAsync("/workflow-definitions/publish-stale?versionOptions=Published")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Who_edits_while_somebody_else_publishes_is_told_so()
    {
        var (one, other) = await OpenInTwoTabsAsync("published-meanwhile");
        (await one.SaveAsync("One", publish: true)).Status.ShouldBe(200);
        (await other.SaveAsync("Other")).ShouldBeInvalid("WF4780", "published version 1");

        await other.OpenAsync();
        (await one.PostAsync("/retract")).Status.ShouldBe(200);
        (await other.SaveAsync("Other")).Status.ShouldBe(200, "Taking back what is published changes no content.");
    }

    [Fact]
    public async Task Going_back_to_an_earlier_version_is_refused_when_it_would_take_somebody_elses_draft()
    {
        var (one, other) = await OpenInTwoTabsAsync("revert");
        await one.SaveAsync("One", publish: true);
        await other.OpenAsync();
        await one.SaveAsync("One, draft");
        (await other.PostAsync("/revert/1")).ShouldBeInvalid("WF4780", "saved version 2");
        (await one.PostAsync("/revert/1")).Status.ShouldBe(201);
        (await one.SaveAsync("On top of the old one")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_workflow_that_was_deleted_meanwhile_does_not_come_back_by_itself()
    {
        var (_, other) = await OpenInTwoTabsAsync("deleted");
        (await server.DeleteAsync("/workflow-definitions/deleted")).Status.ShouldBe(204);

        var refused = await other.SaveAsync("Other");

        refused.ShouldBeInvalid("WF4780", "because bootstrap deleted it");
        refused.Node["conflict"]!["isDeleted"]!.GetValue<bool>().ShouldBeTrue();
        await server.ImportAsync(Documents.Order("deleted", "deleted-again", "Somebody else's"));
        (await other.SaveAsync("Other")).ShouldBeInvalid("WF4780", "imported version 1");
    }

    [Fact]
    public async Task Other_clients_overwrite_as_before_unless_they_say_what_they_have_seen()
    {
        var (one, other) = await OpenInTwoTabsAsync("other-clients");
        (other.Tab, var seen) = (null, other.Revision);
        await one.SaveAsync("One");
        (await other.SaveAsync("Other")).Status.ShouldBe(412);
        other.Revision = null;
        (await other.SaveAsync("Overwritten")).Status.ShouldBe(200);
        (await NameAsync("other-clients")).ShouldBe("Overwritten");
        (await one.SaveAsync("One again")).ShouldBeInvalid("WF4780", "saved version 1");
        (other.Revision, seen) = (seen, null);
        (await other.SaveAsync("Overwritten")).Status.ShouldBe(200, "It is the content that is stored.");
    }

    [Theory]
    [InlineData("not-quoted", "t")]
    [InlineData("W/\"weak\"", "t")]
    [InlineData("*", "t")]
    [InlineData("\"a\", \"b\"", "t")]
    [InlineData("\"a\"", "a name of a tab that is longer than any name of a tab that the server takes, which is one hundred characters")]
    public async Task Headers_that_cannot_be_read_are_refused(string match, string tab)
    {
        var editor = await OpenAsync("headers-" + Guid.NewGuid().ToString("n"), tab);
        editor.RawMatch = match;
        (await editor.SaveAsync("Any")).ShouldBeInvalid("WF4781", "must");
    }

    private async Task<(Editor One, Editor Other)> OpenInTwoTabsAsync(string definitionId)
    {
        await server.ImportAsync(Documents.Order(definitionId, $"{definitionId}-v1", "At first"));
        return (await OpenAsync(definitionId, "tab-one"), await OpenAsync(definitionId, "tab-other"));
    }

    private async Task<Editor> OpenAsync(string definitionId, string tab)
    {
        var editor = new Editor(server, definitionId) { Tab = tab };
        if ((await server.GetAsync("/workflow-definitions/" + definitionId)).Status == 404)
            await server.ImportAsync(Documents.Order(definitionId, $"{definitionId}-v1", "At first"));
        await editor.OpenAsync();
        return editor;
    }

    private async Task<string> NameAsync(string definitionId) =>
        (await server.GetAsync("/workflow-definitions/by-definition-id/" + definitionId)).Node["name"]!.GetValue<string>();

    /// <summary>An editor as the shell makes of Studio: it keeps the revision that it has seen.</summary>
    private sealed class Editor(ElsaServer server, string definitionId)
    {
        private JsonNode _model = new JsonObject();

        public string? Tab { get; set; }

        public string? Revision { get; set; }

        public string? RawMatch { get; set; }

        public async Task OpenAsync()
        {
            var answer = await server.GetAsync($"/workflow-definitions/by-definition-id/{definitionId}?versionOptions=Latest");
            _model = answer.Node;
            Revision = answer.Headers["ETag"].Trim('"');
        }

        public Task<Answer> SaveAsync(string name, bool publish = false, string? text = null)
        {
            var model = _model.DeepClone();
            model["name"] = name;
            if (text is not null)
                model["root"]!["activities"]![0]!["text"]!["expression"]!["value"] = text;
            return SendAsync("/workflow-definitions", new JsonObject { ["model"] = model, ["publish"] = publish }.ToJsonString());
        }

        public Task<Answer> PostAsync(string path) => SendAsync($"/workflow-definitions/{definitionId}{path}", "{}");

        private async Task<Answer> SendAsync(string path, string body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/elsa/api" + path) { Content = ElsaServer.Json(body) };
            if (RawMatch is not null || Revision is not null)
                request.Headers.TryAddWithoutValidation("If-Match", RawMatch ?? $"\"{Revision}\"");
            if (Tab is not null)
                request.Headers.TryAddWithoutValidation("Platform-Tab", Tab);
            using var response = await server.Client.SendAsync(request);
            if (response.Headers.ETag is { } tag)
                Revision = tag.Tag.Trim('"');
            return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), response.Content.Headers.ToDictionary(header => header.Key, header => string.Join(", ", header.Value)));
        }
    }
}
