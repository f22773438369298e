using System.Diagnostics;
using Platform.Runtime.Execution;
using Platform.Runtime.Store;
using Platform.Runtime.Telemetry;
using static Platform.Runtime.Tests.Documents;

namespace Platform.Runtime.Tests.Telemetry;

/// <summary>Spans of bursts and activities, and the trace they belong to, whatever lies between two bursts.</summary>
[Collection(SpanRecorder.Alone)]
public sealed class TraceTests
{
    [Fact]
    public async Task A_burst_is_a_span_and_its_activities_are_spans_within_each_other()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("plain", Sequence(Line("first"), Nested("s", Line("inner"))));
        Activity request;
        using (request = SpanRecorder.Callers.StartActivity("request")!)
            await harness.RunAsync("plain");

        var burst = recorder.Only("burst plain");
        burst.ParentSpanId.ShouldBe(request.SpanId);
        burst.GetTagItem("workflow.definition.id").ShouldBe("plain");
        burst.GetTagItem("workflow.definition.version").ShouldBe(1);
        burst.GetTagItem("workflow.status").ShouldBe("Finished");
        var sequences = recorder.Named("Elsa.Sequence");
        var workflow = recorder.Spans.Where(span => span.ParentSpanId == burst.SpanId).ShouldHaveSingleItem();
        workflow.DisplayName.ShouldBe("Elsa.Workflow/plain");
        var outer = sequences.Single(span => span.ParentSpanId == workflow.SpanId);
        var inner = sequences.Single(span => span.ParentSpanId == outer.SpanId);
        var lines = recorder.Named("Elsa.WriteLine");
        lines.Single(span => (string?)span.GetTagItem("workflow.activity.id") == "first").ParentSpanId.ShouldBe(outer.SpanId);
        var line = lines.Single(span => (string?)span.GetTagItem("workflow.activity.id") == "inner");
        line.ParentSpanId.ShouldBe(inner.SpanId);
        line.GetTagItem("workflow.activity.status").ShouldBe("Completed");
        line.GetTagItem("workflow.instance.id").ShouldBe(burst.GetTagItem("workflow.instance.id"));
        line.GetTagItem("workflow.activity.type").ShouldBe("Elsa.WriteLine");
        recorder.Spans.ShouldAllBe(span => span.TraceId == request.TraceId);
        Activity.Current.ShouldBeNull();
    }

    [Fact]
    public async Task The_span_of_an_activity_is_the_current_one_for_what_its_code_calls()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("calls", Flowchart(
            [
                Step("fork", "Elsa.FlowFork", ("branches", "Literal", "[\"A\",\"B\"]")),
                Step("a", "Test.CurrentSpan", ("key", "Literal", "a")), Step("b", "Test.CurrentSpan", ("key", "Literal", "b")),
            ],
            "fork:A -> a", "fork:B -> b"));

        await harness.RunAsync("calls");

        foreach (var id in new[] { "a", "b" })
        {
            var span = recorder.Named("Test.CurrentSpan").Single(span => (string?)span.GetTagItem("workflow.activity.id") == id);
            CurrentSpan.Of(id).ShouldBe([span.SpanId, span.SpanId]);
        }
    }

    [Fact]
    public async Task A_fault_marks_the_spans_by_its_code_and_never_by_what_the_workflow_works_on()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("bad", Sequence(Step("f", "Elsa.Fault", ("code", "Literal", "E-17"), ("message", "Literal", "card 4711"))));
        await harness.PublishAsync("odd", Sequence(Step("f", "Elsa.Fault", ("code", "Literal", "card 4711"), ("message", "Literal", "card 4711"))));

        await harness.RunAsync("bad");
        await harness.RunAsync("odd");

        var spans = recorder.Named("Elsa.Fault");
        spans.Select(span => span.Status).ShouldAllBe(status => status == ActivityStatusCode.Error);
        spans.Select(span => span.StatusDescription).ShouldBe(["E-17", "FaultException"], ignoreOrder: true);
        recorder.Only("burst bad").StatusDescription.ShouldBe("E-17");
        recorder.Only("burst bad").GetTagItem("workflow.status").ShouldBe("Faulted");
        recorder.Spans.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Value}").Append(span.StatusDescription).Append(span.DisplayName))
            .ShouldAllBe(text => text == null || !text.Contains("4711"));
    }

    [Fact]
    public async Task A_timer_goes_on_in_the_trace_that_began_it_also_after_a_restart()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("slow", Sequence(Step("d", "Elsa.Delay", ("timeSpan", "Literal", "00:10:00")), Line("after")));
        using (SpanRecorder.Callers.StartActivity("request"))
            await harness.RunAsync("slow");
        var first = recorder.Only("burst slow");
        first.GetTagItem("workflow.status").ShouldBe("Suspended");
        recorder.Only("Elsa.Delay").GetTagItem("workflow.activity.status").ShouldBe("Running");

        await harness.RestartAsync();
        harness.Clock.Advance(TimeSpan.FromMinutes(10));
        await harness.FinishedAsync("slow");
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();

        var second = recorder.Named("burst slow").Single(span => span != first);
        second.TraceId.ShouldBe(first.TraceId);
        second.ParentSpanId.ShouldBe(first.SpanId);
        var resumed = recorder.Named("Elsa.Delay").Single(span => span.GetTagItem("workflow.activity.resumed") is true);
        resumed.ParentSpanId.ShouldBe(second.SpanId);
        resumed.GetTagItem("workflow.activity.status").ShouldBe("Completed");
    }

    [Fact]
    public async Task What_resumes_an_instance_is_the_parent_and_the_trace_that_began_it_is_linked()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go"))));
        await harness.RunAsync("waits");
        var first = recorder.Only("burst waits");
        Activity request;
        using (request = SpanRecorder.Callers.StartActivity("request")!)
            await harness.Runtime.DeliverAsync(Activities.EventStimulus.For("go", null), CancellationToken.None);

        var second = recorder.Named("burst waits").Single(span => span != first);
        second.ParentSpanId.ShouldBe(request.SpanId);
        second.Links.ShouldHaveSingleItem().Context.SpanId.ShouldBe(first.SpanId);
    }

    [Theory]
    [InlineData("Elsa.ExecuteWorkflow", false)]
    [InlineData("Elsa.DispatchWorkflow", false)]
    [InlineData("Elsa.DispatchWorkflow", true)]
    public async Task A_child_goes_on_with_the_trace_of_its_parent_unless_it_is_to_begin_a_new_one(string type, bool beginsAnew)
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("child", Sequence(Line("child")));
        var call = beginsAnew
            ? Step("call", type, ("workflowDefinitionId", "Literal", "child"), ("startNewTrace", "Literal", true))
            : Step("call", type, ("workflowDefinitionId", "Literal", "child"));
        await harness.PublishAsync("parent", Sequence(call));
        await harness.RunAsync("parent");
        await harness.FinishedAsync("child");
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();

        var step = recorder.Only(type);
        var child = recorder.Only("burst child");
        if (beginsAnew)
        {
            child.TraceId.ShouldNotBe(step.TraceId);
            child.Links.ShouldHaveSingleItem().Context.TraceId.ShouldBe(step.TraceId);
        }
        else
        {
            child.TraceId.ShouldBe(step.TraceId);
            child.ParentSpanId.ShouldBe(type == "Elsa.ExecuteWorkflow" ? step.SpanId : recorder.Only("queue Start").SpanId);
        }

        if (type == "Elsa.DispatchWorkflow")
            recorder.Only("queue Start").ParentSpanId.ShouldBe(step.SpanId);
    }

    [Fact]
    public async Task Queued_starts_and_events_keep_their_trace_although_the_process_ends_before_they_are_done()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("quick", Sequence(Line("ran")));
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go"))));
        var waits = await harness.RunAsync("waits");
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();
        Activity request;
        using (request = SpanRecorder.Callers.StartActivity("request")!)
        {
            await harness.Runtime.DispatchAsync(new StartRequest { DefinitionId = "quick" }, CancellationToken.None);
            await harness.Runtime.PublishAsync(Activities.EventStimulus.For("go", null), CancellationToken.None);
        }

        await harness.StartAsync();
        await harness.FinishedAsync("quick");
        await harness.CommittedAsync(burst => burst.Instance.Id == waits.Instance.Id && burst.Instance.Status == "Finished");
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();

        foreach (var (queue, burst) in new[] { ("queue Start", "burst quick"), ("queue Stimulus", "burst waits") })
        {
            var queued = recorder.Only(queue);
            queued.ParentSpanId.ShouldBe(request.SpanId);
            queued.Kind.ShouldBe(ActivityKind.Consumer);
            recorder.Named(burst).ShouldContain(span => span.ParentSpanId == queued.SpanId);
        }
    }

    [Fact]
    public async Task A_key_means_the_same_start_in_whatever_trace_it_is_asked_for()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("quick", Sequence(Line("ran")));
        var keyed = harness.Get<KeyedStarts>();
        var request = new StartRequest { DefinitionId = "quick" };
        string? first;
        string? second;
        using (SpanRecorder.Callers.StartActivity("one"))
            first = await keyed.DispatchAsync(request, "key", CancellationToken.None);
        using (SpanRecorder.Callers.StartActivity("other"))
            second = await keyed.DispatchAsync(request, "key", CancellationToken.None);

        second.ShouldNotBeNull();
        second.ShouldBe(first);
    }

    [Fact]
    public async Task A_job_in_the_background_is_a_span_of_its_instances_trace()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        var key = Work.NewKey();
        Work.Fail(key);
        await harness.PublishAsync("busy", Sequence(Step("job", "Test.Work", ("key", "Literal", key))));
        await harness.RunAsync("busy");
        await harness.CommittedAsync(burst => burst.Instance.SubStatus == "Faulted");
        await harness.StopAsync();
        await harness.ComposeOnlyAsync();

        var job = recorder.Named("Test.Work").Single(span => span.GetTagItem("workflow.activity.background") is true);
        job.TraceId.ShouldBe(recorder.Named("burst busy")[0].TraceId);
        job.Status.ShouldBe(ActivityStatusCode.Error);
        job.GetTagItem("workflow.activity.status").ShouldBe("Faulted");
    }

    [Fact]
    public async Task A_trace_that_is_not_sampled_has_no_spans_and_stays_so()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("waits", Sequence(Step("e", "Elsa.Event", ("eventName", "Literal", "go"))));
        using var recorder = new SpanRecorder(ActivitySamplingResult.PropagationData);
        var run = await harness.RunAsync("waits");

        recorder.Only("burst waits").Recorded.ShouldBeFalse();
        recorder.Named("Elsa.Event").ShouldBeEmpty();
        run.Workflow.Properties[RuntimeTrace.TraceParentProperty].ShouldBeOfType<string>().ShouldEndWith("-00");
    }

    [Fact]
    public async Task A_long_loop_makes_so_many_spans_and_counts_the_rest()
    {
        using var recorder = new SpanRecorder();
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("loop", Sequence(Step("for", "Elsa.For", ("start", "Literal", 1), ("end", "Literal", 2_100)).Having("body", Step("n", "Elsa.Sequence"))));
        await harness.RunAsync("loop");

        recorder.Spans.Count.ShouldBe(BurstTrace.SpansMax + 1);
        recorder.Only("burst loop").GetTagItem("workflow.spans_dropped").ShouldBeOfType<int>().ShouldBeInRange(100, 103);
    }

    [Fact]
    public async Task Without_a_listener_nothing_is_kept_of_traces()
    {
        await using var harness = await RuntimeHarness.CreateAsync();
        await harness.PublishAsync("plain", Sequence(Line("first")));
        StartResult.Started run;
        using (var request = new Activity("request").Start())
        {
            run = await harness.RunAsync("plain");
            Activity.Current.ShouldBe(request);
            await harness.StopAsync();
            await harness.ComposeOnlyAsync();
            await harness.Runtime.DispatchAsync(new StartRequest { DefinitionId = "plain" }, CancellationToken.None);
        }

        run.Workflow.Properties.ShouldNotContainKey(RuntimeTrace.TraceParentProperty);
        (await harness.Store.DueWorkAsync(harness.Clock.GetUtcNow(), 10, CancellationToken.None)).ShouldHaveSingleItem().Payload.ShouldNotContain("traceParent");
    }

    private static System.Text.Json.Nodes.JsonObject Nested(string id, System.Text.Json.Nodes.JsonObject step)
    {
        var sequence = Step(id, "Elsa.Sequence");
        sequence["activities"] = new System.Text.Json.Nodes.JsonArray(step);
        return sequence;
    }
}
