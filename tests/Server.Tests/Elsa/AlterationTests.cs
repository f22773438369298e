using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Platform.Runtime;
using Platform.Server.Security;

namespace Platform.Server.Tests.Elsa;

public sealed class AlterationTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Instances_are_altered_at_once_and_answer_what_was_done()
    {
        var id = await WaitingAsync("at-once");

        var answer = await server.PostAsync("/alterations/run", Run("""[{"type":"ModifyVariable","variableId":"v1","value":"new"},{"type":"ScheduleActivity","activityId":"w2"}]""", id, "none"));

        answer.Status.ShouldBe(200, answer.Text);
        var results = answer.Node["results"]!.AsArray();
        results[0]!["workflowInstanceId"]!.GetValue<string>().ShouldBe(id);
        results[0]!["isSuccessful"]!.GetValue<bool>().ShouldBeTrue();
        results[0]!["workflowHasScheduledWork"]!.GetValue<bool>().ShouldBeTrue();
        var entry = results[0]!["log"]!["logEntries"]![0]!;
        entry["message"]!.GetValue<string>().ShouldBe("The variable 'Variable1' of 'at-once' has a new value.");
        entry["logLevel"]!.GetValue<string>().ShouldBe("Information");
        entry["eventName"]!.GetValue<string>().ShouldBe("VariableModified");
        entry["timestamp"]!.GetValue<string>().ShouldNotBeEmpty();
        results[1]!["isSuccessful"]!.GetValue<bool>().ShouldBeFalse();
        results[1]!["log"]!["logEntries"]![0]!["message"]!.GetValue<string>().ShouldBe("There is no workflow instance 'none'.");
        var variables = await server.GetAsync($"/workflow-instances/{id}/variables");
        variables.Text.ShouldContain("\"new\"");
        var journal = (await server.GetAsync($"/workflow-instances/{id}/journal")).Node["items"]!.AsArray().Select(item => $"{item!["activityId"]} {item["eventName"]}").ToList();
        journal.ShouldContain("w2 Completed");
        journal.ShouldContain("root1 ActivityScheduled");
    }

    [Fact]
    public async Task An_instance_is_migrated_to_another_version()
    {
        var id = await WaitingAsync("migrates");
        await server.PostAsync("/workflow-definitions/migrates/publish", "{}");
        await server.PostAsync("/workflow-definitions/import", Documents.Order("migrates", "migrates-v2", "Changed", "False"));

        var answer = await server.PostAsync("/alterations/run", Run("""[{"type":"Migrate","targetVersion":2}]""", id));

        answer.Node["results"]![0]!["isSuccessful"]!.GetValue<bool>().ShouldBeTrue(answer.Text);
        var instance = (await server.GetAsync($"/workflow-instances/{id}")).Node;
        instance["version"]!.GetValue<int>().ShouldBe(2);
        await server.PostAsync("/events/Go-migrates/trigger", """{"workflowExecutionMode":"Synchronous"}""");
        (await StateAsync(id)).ShouldBe("Finished");
    }

    [Fact]
    public async Task A_plan_is_done_in_the_background_and_can_be_read()
    {
        var id = await WaitingAsync("planned");
        using var ended = Ended("plan-1");

        var submitted = await server.PostAsync(
            "/alterations/submit", """{"id":"plan-1","alterations":[{"type":"CancelActivity","activityId":"ev"}],"filter":{"definitionIds":["planned"]}}""");
        submitted.Node["planId"]!.GetValue<string>().ShouldBe("plan-1");
        await ended.Task;

        var found = (await server.GetAsync("/alterations/plan-1")).Node;
        var plan = found["plan"]!;
        plan["id"]!.GetValue<string>().ShouldBe("plan-1");
        plan["status"]!.GetValue<string>().ShouldBe("Completed");
        plan["alterations"]![0]!["activityId"]!.GetValue<string>().ShouldBe("ev");
        plan["workflowInstanceFilter"]!["definitionIds"]![0]!.GetValue<string>().ShouldBe("planned");
        plan["startedAt"].ShouldNotBeNull();
        var job = found["jobs"]!.AsArray().ShouldHaveSingleItem()!;
        job["workflowInstanceId"]!.GetValue<string>().ShouldBe(id);
        job["planId"]!.GetValue<string>().ShouldBe("plan-1");
        job["status"]!.GetValue<string>().ShouldBe("Completed");
        job["log"]![0]!["eventName"]!.GetValue<string>().ShouldBe("ActivityCanceled");
        (await StateAsync(id)).ShouldBe("Finished");
        var other = await server.PostAsync("/alterations/submit", """{"id":"plan-1","alterations":[{"type":"Cancel"}]}""");
        (other.Status, other.Node["code"]!.GetValue<string>()).ShouldBe((409, "WF4024"));
    }

    [Fact]
    public async Task All_matches_of_a_filter_are_cancelled_and_what_has_ended_is_left_out()
    {
        var id = await WaitingAsync("all");
        var done = await WaitingAsync("all");
        await server.PostAsync($"/cancel/workflow-instances/{done}", "{}");
        using var nothing = Ended("none-1");
        using var ended = Ended("all-1");

        await server.PostAsync("/alterations/submit", """{"id":"none-1","alterations":[{"type":"Cancel"}],"filter":{"emptyFilterSelectsAll":false,"isSystem":false}}""");
        await nothing.Task;
        (await StateAsync(id)).ShouldBe("Suspended");
        await server.PostAsync(
            "/alterations/submit",
            """{"id":"all-1","alterations":[{"type":"Cancel"}],"filter":{"emptyFilterSelectsAll":true,"isSystem":false,"definitionIds":["all"],"subStatuses":[],"names":null}}""");
        await ended.Task;

        (await StateAsync(id)).ShouldBe("Cancelled");
        (await server.GetAsync("/alterations/all-1")).Node["jobs"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_dry_run_tells_what_a_filter_selects()
    {
        var id = await WaitingAsync("dry");

        (await SelectedAsync("""{"definitionIds":["dry"],"activityFilters":[{"activityId":"ev","status":"Running"}]}""")).ShouldBe([id]);
        (await SelectedAsync("""{"definitionIds":["dry"],"activityFilters":[{"activityId":"w2"}]}""")).ShouldBeEmpty();
        (await SelectedAsync("""{"definitionIds":["dry"],"names":["Someone"]}""")).ShouldBeEmpty();
        (await SelectedAsync("""{"definitionIds":["dry"],"statuses":["Finished"]}""")).ShouldBeEmpty();
        (await SelectedAsync("{}")).ShouldBeEmpty();
        (await SelectedAsync("""{"emptyFilterSelectsAll":true}""")).ShouldContain(id);

        async Task<IEnumerable<string>> SelectedAsync(string filter) =>
            (await server.PostAsync("/alterations/dry-run", filter)).Node["workflowInstanceIds"]!.AsArray().Select(item => item!.GetValue<string>());
    }

    [Fact]
    public async Task What_faulted_is_retried()
    {
        await server.ImportAsync(Documents.Order("retried", "retried-v1", "Retried", faults: true));
        var id = await server.ExecuteAsync("retried");

        var other = await server.PostAsync("/alterations/workflows/retry", $$"""{"workflowInstanceIds":["{{id}}"],"activityIds":["w1"]}""");
        other.Node["results"]![0]!["isSuccessful"]!.GetValue<bool>().ShouldBeFalse();
        other.Text.ShouldContain("nothing to retry");
        var answer = await server.PostAsync("/alterations/workflows/retry", $$"""{"workflowInstanceIds":["{{id}}"]}""");

        answer.Node["results"]![0]!["isSuccessful"]!.GetValue<bool>().ShouldBeTrue(answer.Text);
        var journal = (await server.GetAsync($"/workflow-instances/{id}/journal")).Node["items"]!.AsArray();
        journal.Count(item => item!["activityId"]!.GetValue<string>() == "d1" && item["eventName"]!.GetValue<string>() == "Faulted").ShouldBe(2);
    }

    [Theory]
    [InlineData("run", """{"alterations":[{"type":"Explode"}],"workflowInstanceIds":["x"]}""", "WF4011", "$.alterations[0].type")]
    [InlineData("run", """{"workflowInstanceIds":["x"]}""", "WF4021", "$.alterations")]
    [InlineData("run", """{"alterations":[{"type":"Cancel"}]}""", "WF4021", "$.workflowInstanceIds")]
    [InlineData("submit", """{"alterations":[{"type":"Migrate"}],"filter":{"emptyFilterSelectsAll":true}}""", "WF4021", "$.alterations[0].targetVersion")]
    [InlineData("submit", """{"alterations":[{"type":"Cancel"}],"filter":{"statuses":["Dreaming"]}}""", "WF4005", "$.filter.statuses")]
    [InlineData("submit", """{"alterations":[{"type":"Cancel"}],"filter":{"names":5}}""", "WF4002", "$.filter.names")]
    [InlineData("submit", """{"alterations":[{"type":"Cancel"}],"filter":{"names":[null]}}""", "WF4022", "$.filter.names")]
    [InlineData("submit", """{"alterations":[{"type":"Cancel"}],"filter":[]}""", "WF4002", "$.filter")]
    [InlineData("submit", """{"alterations":[{"type":"Cancel"}],"filter":{"activityFilters":[{"status":"Completed"}]}}""", "WF4022", "$.filter.activityFilters[0].status")]
    [InlineData("dry-run", """{"activityFilters":[{}]}""", "WF4022", "$.filter.activityFilters[0]")]
    [InlineData("workflows/retry", """{}""", "WF4021", "$.workflowInstanceIds")]
    public async Task What_cannot_be_done_is_told_with_its_place(string route, string body, string code, string path)
    {
        var answer = await server.PostAsync("/alterations/" + route, body);

        answer.Status.ShouldBe(400, answer.Text);
        var problem = answer.Node["problems"]![0]!;
        (problem["code"]!.GetValue<string>(), problem["path"]!.GetValue<string>()).ShouldBe((code, path));
    }

    [Fact]
    public async Task Long_lists_and_ids_are_refused()
    {
        var many = string.Join(",", Enumerable.Range(0, 1_001).Select(number => $"\"i{number}\""));
        (await server.PostAsync("/alterations/run", """{"alterations":[{"type":"Cancel"}],"workflowInstanceIds":[""" + many + "]}")).ShouldBeInvalid("WF4021", "1000 instances");
        (await server.PostAsync("/alterations/submit", """{"alterations":[{"type":"Cancel"}],"filter":{"names":[""" + many + "]}}")).ShouldBeInvalid("WF4022", "100");
        (await server.PostAsync("/alterations/submit", $$"""{"id":"{{new string('p', 101)}}","alterations":[{"type":"Cancel"}]}""")).ShouldBeInvalid("WF4021", "100");
        (await server.PostAsync("/alterations/run", """{"alterations":[""" + string.Join(",", Enumerable.Repeat("""{"type":"Cancel"}""", 101)) + """],"workflowInstanceIds":["x"]}""")).ShouldBeInvalid("WF4021", "100");
    }

    [Fact]
    public async Task A_plan_that_does_not_exist_is_not_found() => (await server.GetAsync("/alterations/none")).Status.ShouldBe(404);

    [Theory]
    [InlineData("POST", "/elsa/api/alterations/dry-run", "run:alterations")]
    [InlineData("POST", "/elsa/api/alterations/run", "run:alterations")]
    [InlineData("POST", "/elsa/api/alterations/submit", "run:alterations")]
    [InlineData("POST", "/elsa/api/alterations/workflows/retry", "run:alterations")]
    [InlineData("GET", "/elsa/api/alterations/{id}", "read:alterations")]
    public void Alterations_need_their_permission(string method, string path, string permission)
    {
        var endpoint = server.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().Single(candidate =>
            "/" + candidate.RoutePattern.RawText!.TrimStart('/') == path && candidate.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains(method));

        endpoint.Metadata.GetMetadata<PermissionMetadata>()!.AnyOf.ShouldBe([permission]);
    }

    private static string Run(string alterations, params string[] ids) =>
        "{\"alterations\":" + alterations + ",\"workflowInstanceIds\":" + new JsonArray([.. ids.Select(id => JsonValue.Create(id))]).ToJsonString() + "}";

    private async Task<string> WaitingAsync(string definitionId)
    {
        await server.ImportAsync(Documents.Order(definitionId, definitionId + "-v1", definitionId, "False"));
        return await server.ExecuteAsync(definitionId);
    }

    private async Task<string> StateAsync(string id) =>
        (await server.GetAsync($"/workflow-instances/{id}/execution-state")).Node["subStatus"]!.GetValue<string>();

    private PlanEnd Ended(string planId) => new(server.Services.GetRequiredService<RuntimeEvents>(), planId);

    /// <summary>Hears of the end of a plan.</summary>
    private sealed class PlanEnd : IDisposable
    {
        private readonly TaskCompletionSource _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly RuntimeEvents _events;
        private readonly string _planId;

        public PlanEnd(RuntimeEvents events, string planId)
        {
            (_events, _planId) = (events, planId);
            events.AlterationPlanEnded += OnEnded;
        }

        public Task Task => _source.Task.WaitAsync(Patience);

        public void Dispose() => _events.AlterationPlanEnded -= OnEnded;

        private void OnEnded(string planId)
        {
            if (planId == _planId)
                _source.TrySetResult();
        }
    }
}
