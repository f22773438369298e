using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime.Store;

namespace Platform.Server.Tests.Elsa;

/// <summary>Dead letters as Elsa's clients see them.</summary>
public sealed class DeadLetterQueueTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task Work_that_was_given_up_is_listed_read_replayed_and_deleted()
    {
        await GiveUpAsync("letter-1", "instance-1");
        await GiveUpAsync("letter-2", "instance-2");

        var page = (await server.GetAsync("/bookmark-queue/dead-letters?Page=0&PageSize=1&WorkflowInstanceId=instance-1")).Node;
        page["totalCount"]!.GetValue<int>().ShouldBe(1);
        var letter = page["items"]![0]!;
        (Text(letter, "id"), Text(letter, "originalQueueItemId"), Text(letter, "workflowInstanceId"), Text(letter, "reason")).ShouldBe(("letter-1", "letter-1", "instance-1", "It failed."));
        letter["canReplay"]!.GetValue<bool>().ShouldBeTrue();
        letter["deadLetteredAt"]!.GetValue<DateTimeOffset>().ShouldBeGreaterThan(letter["originalCreatedAt"]!.GetValue<DateTimeOffset>());
        (await server.GetAsync("/bookmark-queue/dead-letters/letter-1")).Node.ToJsonString().ShouldBe(letter.ToJsonString());

        var replayed = await server.PostAsync("/bookmark-queue/dead-letters/letter-1/replay", null);
        (replayed.Status, replayed.Text).ShouldBe((200, """{"replayed":true,"queueItemId":null,"reason":null}"""));
        (await server.GetAsync("/bookmark-queue/dead-letters/letter-1")).Status.ShouldBe(404);
        (await server.DeleteAsync("/bookmark-queue/dead-letters/letter-2")).Status.ShouldBe(204);
        (await server.DeleteAsync("/bookmark-queue/dead-letters/letter-2")).Status.ShouldBe(404);
    }

    private async Task GiveUpAsync(string id, string instanceId)
    {
        _ = server.Client;
        var now = DateTimeOffset.UtcNow;
        var item = new JsonObject
        {
            ["id"] = id, ["kind"] = "stimulus", ["payload"] = "", ["key"] = null, ["instanceId"] = instanceId, ["priority"] = 0,
            ["createdAt"] = now.AddHours(-1), ["givenUpAt"] = now, ["expiresAt"] = now.AddDays(1), ["reason"] = "It failed.",
        };
        await server.Services.GetRequiredService<IWorkflowStore>().CommitAsync(new Commit { Documents = [new("given-up-work", id, item.ToJsonString())] }, CancellationToken.None);
    }

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
