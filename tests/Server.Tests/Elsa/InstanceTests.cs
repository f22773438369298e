using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

public sealed class InstanceTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    private const string Fields = """
        "page":0,"pageSize":10,"searchTerm":"","correlationId":null,"version":null,"hasIncidents":null,"isSystem":false,"status":null,"subStatus":null,
        "orderBy":null,"orderDirection":"Descending","timestampFilters":[]
        """;

    [Fact]
    public async Task A_finished_run_answers_its_state_and_its_id()
    {
        await server.ImportAsync(Documents.Order("runs", "runs-v1", "Runs"));
        var answer = await server.PostAsync(
            "/workflow-definitions/runs/execute", """{"correlationId":"c1","triggerActivityId":null,"versionOptions":"Latest","input":{"A":1}}""");
        answer.Status.ShouldBe(200);
        var id = answer.Headers["x-elsa-workflow-instance-id"];
        answer.Headers.Keys.ShouldNotContain("x-elsa-workflow-cannot-start");
        answer.Node["workflowState"]!["subStatus"]!.GetValue<string>().ShouldBe("Finished");
        answer.Node["workflowState"]!["input"]!["A"]!.GetValue<int>().ShouldBe(1);

        var instance = (await server.GetAsync($"/workflow-instances/{id}")).Node;
        instance["correlationId"]!.GetValue<string>().ShouldBe("c1");
        instance["workflowState"]!["activityExecutionContexts"]![0]!["scheduledActivityNodeId"]!.GetValue<string>().ShouldBe("Workflow1");
        var state = (await server.GetAsync($"/workflow-instances/{id}/execution-state")).Node;
        state["status"]!.GetValue<string>().ShouldBe("Finished");
    }

    [Fact]
    public async Task Without_a_body_the_published_version_runs_and_without_one_there_is_nothing_to_run()
    {
        await server.ImportAsync(Documents.Order("bare", "bare-v1", "Bare"));
        (await server.PostAsync("/workflow-definitions/bare/execute", null)).Status.ShouldBe(404);
        await server.PostAsync("/workflow-definitions/bare/publish", "{}");
        (await server.PostAsync("/workflow-definitions/bare/execute", null)).Status.ShouldBe(200);
        (await server.PostAsync("/workflow-definitions/bare/execute", "null")).Status.ShouldBe(200);
        (await server.GetAsync("/workflow-definitions/bare/execute?correlationId=x")).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_faulted_first_burst_is_a_500_with_state_and_incident()
    {
        await server.ImportAsync(Documents.Order("faults", "faults-v1", "Faults", faults: true));
        var answer = await server.PostAsync("/workflow-definitions/faults/execute", """{"versionOptions":"Latest"}""");
        answer.Status.ShouldBe(500);
        answer.Headers["x-elsa-workflow-instance-id"].ShouldNotBeEmpty();
        var incident = answer.Node["workflowState"]!["incidents"]![0]!;
        incident["activityNodeId"]!.GetValue<string>().ShouldBe("Workflow1:root1:d1");
        incident["exception"]!["message"]!.GetValue<string>().ShouldBe("Boom");

        var faulted = await server.PostAsync(
            $"/workflow-instances/{answer.Headers["x-elsa-workflow-instance-id"]}/journal?skip=0&take=10",
            """{"filter":{"activityIds":null,"activityNodeIds":null,"excludedActivityTypes":null,"eventNames":["Faulted"]}}""");
        faulted.Node["totalCount"]!.GetValue<int>().ShouldBe(1);
        faulted.Node["items"]![0]!["message"]!.GetValue<string>().ShouldBe("Boom");
    }

    [Fact]
    public async Task A_singleton_that_runs_cannot_start_again()
    {
        var document = JsonNode.Parse(Documents.Order("single", "single-v1", "Single", "False"))!;
        document["options"] = JsonNode.Parse("""{"activationStrategyType":"Elsa.Workflows.Runtime.ActivationValidators.SingletonStrategy, Elsa.Workflows.Runtime"}""");
        await server.ImportAsync(document.ToJsonString());
        await server.ExecuteAsync("single");
        var refused = await server.PostAsync("/workflow-definitions/single/execute", """{"versionOptions":"Latest"}""");
        refused.Headers["x-elsa-workflow-cannot-start"].ShouldBe("true");
        refused.Headers.Keys.ShouldNotContain("x-elsa-workflow-instance-id");
        refused.Node["reason"]!.GetValue<string>().ShouldContain("Singleton");
    }

    [Fact]
    public async Task A_waiting_instance_shows_its_bookmark_its_variables_and_its_history_and_can_be_cancelled()
    {
        await server.ImportAsync(Documents.Order("waits", "waits-v1", "Waits", "False"));
        var id = await server.ExecuteAsync("waits");
        var state = (await server.GetAsync($"/workflow-instances/{id}")).Node["workflowState"]!;
        state["subStatus"]!.GetValue<string>().ShouldBe("Suspended");
        var bookmark = state["bookmarks"]![0]!;
        bookmark["name"]!.GetValue<string>().ShouldBe("Elsa.Event");
        bookmark["activityNodeId"]!.GetValue<string>().ShouldBe("Workflow1:root1:ev");
        bookmark["payload"]!["eventName"]!.GetValue<string>().ShouldBe("Go-waits");
        state["activityExecutionContexts"]!.AsArray().Count.ShouldBe(3);
        state["completionCallbacks"]!.AsArray().Count.ShouldBe(2);

        var variable = (await server.GetAsync($"/workflow-instances/{id}/variables")).Node["items"]![0]!;
        variable["name"]!.GetValue<string>().ShouldBe("Variable1");
        variable["value"]!.GetValue<string>().ShouldBe("abc");

        var report = await server.PostAsync(
            "/activity-executions/report", $$"""{"workflowInstanceId":"{{id}}","activityNodeIds":["Workflow1:root1:ev","Workflow1:root1:ev",null,"Workflow1:root1:w2"]}""");
        var stats = report.Node["stats"]!.AsArray();
        stats.Count.ShouldBe(1);
        stats[0]!["isBlocked"]!.GetValue<bool>().ShouldBeTrue();
        stats[0]!["uncompletedCount"]!.GetValue<int>().ShouldBe(1);

        (await server.PostAsync($"/cancel/workflow-instances/{id}", null)).Status.ShouldBe(200);
        (await server.GetAsync($"/workflow-instances/{id}/execution-state")).Node["subStatus"]!.GetValue<string>().ShouldBe("Cancelled");
        (await server.PostAsync($"/cancel/workflow-instances/{id}", null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_event_goes_on_with_what_waits_for_it()
    {
        await server.ImportAsync(Documents.Order("listens", "listens-v1", "Listens", "False"));
        var id = await server.ExecuteAsync("listens");
        (await server.PostAsync("/events/Go-listens/trigger", """{"input":{"a":1},"workflowExecutionMode":"Synchronous"}""")).Status.ShouldBe(200);
        var records = await server.GetAsync($"/activity-executions/list?WorkflowInstanceId={id}&ActivityNodeId=Workflow1:root1:ev");
        records.Node["items"]![0]!["status"]!.GetValue<string>().ShouldBe("Completed");
        records.Node["items"]![0]!["outputs"]!["Result"]!["a"]!.GetValue<int>().ShouldBe(1);
        records.Node["items"]![0]!["payload"]!["Outcomes"]![0]!.GetValue<string>().ShouldBe("Done");
        (await server.PostAsync("/events/Nobody/trigger", null)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_task_is_completed_once()
    {
        var root = """{"type":"Elsa.RunTask","version":1,"id":"t","taskName":{"typeName":"String","expression":{"type":"Literal","value":"Paint"}}}""";
        await server.ImportAsync(Documents.Of("tasks", root));
        var id = await server.ExecuteAsync("tasks");
        var taskId = (await server.GetAsync($"/workflow-instances/{id}")).Node["workflowState"]!["bookmarks"]![0]!["id"]!.GetValue<string>();
        (await server.PostAsync($"/tasks/{taskId}/complete", """{"result":{"colour":"red"}}""")).Status.ShouldBe(200);
        (await server.PostAsync($"/tasks/{taskId}/complete", null)).Status.ShouldBe(404);
        var record = (await server.GetAsync($"/activity-executions/list?WorkflowInstanceId={id}&ActivityNodeId=Workflow1:t")).Node["items"]![0]!;
        record["outputs"]!["Result"]!["colour"]!.GetValue<string>().ShouldBe("red");
    }

    [Fact]
    public async Task Lists_filter_by_what_Studio_offers()
    {
        await server.ImportAsync(Documents.Order("lists", "lists-v1", "Lists", "False"));
        await server.ImportAsync(Documents.Order("lists-faulty", "lists-faulty-v1", "Lists", faults: true));
        var waiting = await server.ExecuteAsync("lists");
        var faulted = await server.ExecuteAsync("lists-faulty");

        (await ListAsync("""{"definitionIds":["lists","lists-faulty"],"statuses":[],"subStatuses":[],FIELDS}""")).ShouldBe([faulted, waiting]);
        (await ListAsync("""{"definitionIds":["lists","lists-faulty"],"statuses":["running"],"subStatuses":["Suspended"],FIELDS}""")).ShouldBe([waiting]);
        (await ListAsync("""{"definitionIds":["lists","lists-faulty"],"hasIncidents":true}""")).ShouldBe([faulted]);
        (await ListAsync("""{"definitionId":"lists","orderBy":"LastExecuted","orderDirection":"Ascending"}""")).ShouldBe([waiting]);
        (await ListAsync($$"""{"searchTerm":"{{waiting}}"}""")).ShouldBe([waiting]);
        (await ListAsync("""{"definitionId":"lists","timestampFilters":[{"column":"CreatedAt","operator":"LessThan","timestamp":"2001-01-01T00:00:00+00:00"}]}""")).ShouldBeEmpty();
        var query = await server.GetAsync("/workflow-instances?DefinitionIds=lists&Statuses=Running&Page=0&PageSize=5");
        query.Node["totalCount"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task The_journal_is_filtered_then_counted_then_cut()
    {
        await server.ImportAsync(Documents.Order("journal", "journal-v1", "Journal"));
        var id = await server.ExecuteAsync("journal");
        var answer = await server.PostAsync(
            $"/workflow-instances/{id}/journal?skip=1&take=2",
            """{"filter":{"activityIds":null,"activityNodeIds":null,"excludedActivityTypes":["Elsa.Workflow","Elsa.Flowchart"],"eventNames":null}}""");
        answer.Node["totalCount"]!.GetValue<int>().ShouldBe(6);
        answer.Node["items"]!.AsArray().Select(item => $"{item!["activityId"]} {item["eventName"]}").ShouldBe(["w1 Completed", "d1 Started"]);
        (await server.GetAsync($"/workflow-instances/{id}/journal")).Node["totalCount"]!.GetValue<int>().ShouldBe(10);
        (await server.GetAsync($"/workflow-instances/{id}/journal/w1")).Node["eventName"]!.GetValue<string>().ShouldBe("Completed");
        (await server.PostAsync("/workflow-instances/none/journal", "{}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task The_call_stack_leads_from_the_root_to_the_execution()
    {
        await server.ImportAsync(Documents.Order("stack", "stack-v1", "Stack"));
        var id = await server.ExecuteAsync("stack");
        var leaf = (await server.GetAsync($"/activity-execution-summaries/list?WorkflowInstanceId={id}&ActivityNodeId=Workflow1:root1:w2")).Node["items"]![0]!["id"]!.GetValue<string>();
        var stack = (await server.GetAsync($"/activity-executions/{leaf}/call-stack?includeCrossWorkflowChain=True")).Node;
        stack["activityExecutionId"]!.GetValue<string>().ShouldBe(leaf);
        stack["items"]![0]!["activityNodeId"]!.GetValue<string>().ShouldBe("Workflow1");
        stack["items"]!.AsArray()[^1]!["id"]!.GetValue<string>().ShouldBe(leaf);
        (await server.GetAsync($"/activity-executions/{leaf}")).Node["activityState"]!["Text"]!.GetValue<string>().ShouldBe("Yes");
        (await server.GetAsync($"/activity-executions/count?WorkflowInstanceId={id}")).Node["count"]!.GetValue<int>().ShouldBe(5);
    }

    [Fact]
    public async Task Several_instances_are_cancelled_and_deleted_at_once()
    {
        await server.ImportAsync(Documents.Order("many", "many-v1", "Many", "False"));
        var ids = new[] { await server.ExecuteAsync("many"), await server.ExecuteAsync("many"), await server.ExecuteAsync("many") };
        var one = await server.PostAsync("/bulk-actions/cancel/workflow-instances/", $$"""{"ids":["{{ids[0]}}","none"],"definitionVersionId":null,"definitionId":null,"versionOptions":null}""");
        one.Node["cancelled"]!.GetValue<int>().ShouldBe(1);
        var rest = await server.PostAsync("/bulk-actions/cancel/workflow-instances", """{"ids":null,"definitionVersionId":"many-v1","definitionId":null,"versionOptions":null}""");
        rest.Node["cancelled"]!.GetValue<int>().ShouldBe(2);

        var deleted = await server.PostAsync("/bulk-actions/delete/workflow-instances/by-id", $$"""{"ids":["{{ids[0]}}","{{ids[1]}}","none"]}""");
        deleted.Node["deleted"]!.GetValue<int>().ShouldBe(2);
        (await server.DeleteAsync($"/workflow-instances/{ids[2]}")).Status.ShouldBe(204);
        (await server.DeleteAsync($"/workflow-instances/{ids[2]}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task An_exported_instance_goes_on_where_it_is_imported()
    {
        await server.ImportAsync(Documents.Order("moves", "moves-v1", "Moves", "False"));
        var id = await server.ExecuteAsync("moves");
        var file = await server.GetAsync($"/workflow-instances/{id}/export");
        file.Headers["Content-Disposition"].ShouldContain($"workflow-instance-{id}.json");
        (await ImportAsync(file.Bytes)).ShouldBeInvalid("WF4012", "already");
        await server.DeleteAsync($"/workflow-instances/{id}");

        var imported = await ImportAsync(file.Bytes);
        imported.Node["count"]!.GetValue<int>().ShouldBe(1);
        imported.Node["imported"]!.GetValue<int>().ShouldBe(1);
        await server.PostAsync("/events/Go-moves/trigger", """{"workflowExecutionMode":"Synchronous"}""");
        (await server.GetAsync($"/workflow-instances/{id}/execution-state")).Node["subStatus"]!.GetValue<string>().ShouldBe("Finished");
        var journal = (await server.GetAsync($"/workflow-instances/{id}/journal")).Node["items"]!.AsArray().Select(item => $"{item!["activityId"]} {item["eventName"]}");
        journal.ShouldContain("w1 Completed");
        journal.ShouldContain("ev Completed");

        var zip = await server.PostAsync("/bulk-actions/export/workflow-instances", $$"""{"ids":["{{id}}","none"]}""");
        zip.Headers["Content-Type"].ShouldStartWith("application/json");
        (await server.PostAsync("/bulk-actions/export/workflow-instances", """{"ids":["none"]}""")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"format\":\"platform/workflow-instance/1\",\"instance\":{\"id\":\"i\",\"definitionId\":\"d\",\"definitionVersionId\":\"none\",\"version\":1,\"status\":\"Running\",\"subStatus\":\"Suspended\",\"correlationId\":null,\"name\":null,\"incidentCount\":0,\"createdAt\":\"2026-01-01T00:00:00+00:00\",\"updatedAt\":\"2026-01-01T00:00:00+00:00\",\"finishedAt\":null},\"state\":\"e30=\",\"log\":\"e30=\"}")]
    [InlineData("{\"format\":\"platform/workflow-instance/1\",\"instance\":5}")]
    public async Task A_file_that_is_no_exported_instance_is_refused(string file) =>
        (await ImportAsync(System.Text.Encoding.UTF8.GetBytes(file))).ShouldBeInvalid("WF4012", "");

    [Fact]
    public async Task A_damaged_state_is_refused()
    {
        await server.ImportAsync(Documents.Order("damaged", "damaged-v1", "Damaged", "False"));
        var id = await server.ExecuteAsync("damaged");
        var file = (await server.GetAsync($"/workflow-instances/{id}/export")).Node;
        await server.DeleteAsync($"/workflow-instances/{id}");
        file["state"] = Convert.ToBase64String("{\"v\":1}"u8);
        (await ImportAsync(System.Text.Encoding.UTF8.GetBytes(file.ToJsonString()))).ShouldBeInvalid("WF4012", "damaged");
        (await server.GetAsync($"/workflow-instances/{id}")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Dispatched_runs_have_their_ids_at_once()
    {
        await server.ImportAsync(Documents.Order("queued", "queued-v1", "Queued"), publish: true);
        var one = await server.PostAsync("/workflow-definitions/queued/dispatch", """{"instanceId":"given","correlationId":"c"}""");
        one.Node["workflowInstanceId"]!.GetValue<string>().ShouldBe("given");
        var many = await server.PostAsync("/workflow-definitions/queued/bulk-dispatch", """{"count":3}""");
        many.Node["workflowInstanceIds"]!.AsArray().Select(id => id!.GetValue<string>()).ShouldBeUnique();
        many.Node["workflowInstanceIds"]!.AsArray().Count.ShouldBe(3);
    }

    [Fact]
    public async Task One_activity_is_tested_by_itself_with_the_test_values_of_its_variables()
    {
        var document = JsonNode.Parse(Documents.Order("tested", "tested-v1", "Tested"))!;
        document["customProperties"] = JsonNode.Parse("""{"VariableTestValues":{"v1":"from the test"}}""");
        document["root"]!["activities"]![0]!["text"]!["expression"] = JsonNode.Parse("""{"type":"Variable","value":"{\"id\":\"v1\",\"name\":\"Variable1\"}"}""");
        await server.ImportAsync(document.ToJsonString());
        var answer = await server.PostAsync(
            "/tests/activities", """{"workflowDefinitionHandle":{"definitionId":null,"versionOptions":null,"definitionVersionId":"tested-v1"},"activityHandle":{"activityNodeId":"Workflow1:root1:w1"}}""");
        answer.Node["status"]!.GetValue<string>().ShouldBe("Completed");
        answer.Node["activityState"]!["Text"]!.GetValue<string>().ShouldBe("from the test");
        (await server.PostAsync("/tests/activities", """{"workflowDefinitionHandle":{"definitionVersionId":"tested-v1"},"activityHandle":{"activityId":"none"}}""")).Status.ShouldBe(404);
        (await server.PostAsync("/tests/activities", null)).Status.ShouldBe(404);
        (await ListAsync("""{"definitionId":"tested"}""")).ShouldBeEmpty();
    }

    private async Task<IEnumerable<string>> ListAsync(string request)
    {
        var answer = await server.PostAsync("/workflow-instances", request.Replace("FIELDS", Fields, StringComparison.Ordinal));
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Node["items"]!.AsArray().Select(item => item!["id"]!.GetValue<string>());
    }

    private async Task<Answer> ImportAsync(byte[] file)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(file), "files", "instance.json" } };
        return await server.SendAsync(HttpMethod.Post, "/bulk-actions/import/workflow-instances", form);
    }
}
