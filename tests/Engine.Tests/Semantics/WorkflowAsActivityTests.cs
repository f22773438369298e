using System.Text.Json.Nodes;
using Platform.Engine.Definitions;
using Platform.Engine.Plans;

namespace Platform.Engine.Tests.Semantics;

/// <summary>A workflow used as an activity runs inside the instance of the workflow that uses it.</summary>
public sealed class WorkflowAsActivityTests
{
    private readonly EngineHarness _engine = new();

    [Theory]
    [InlineData("Input Output Logging 3 - Child", "InputOutputLogging3-Child")]
    [InlineData("Subworkflow test", "SubworkflowTest")]
    [InlineData("CacheInvalidation_Child", "CacheInvalidationChild")]
    [InlineData("greet", "Greet")]
    public void Its_type_name_is_the_pascalised_name(string name, string expected) =>
        Usable("c", name, "{}").Type.TypeName.ShouldBe(expected);

    [Fact]
    public async Task Inputs_are_variables_inside_and_outputs_reach_what_the_parent_bound()
    {
        Use(Usable("c", "Greet", Child(
            """[{"name":"Who","type":"String"}]""",
            """[{"name":"Text","type":"String"}]""",
            SetOutput("o", "Text", "`Hello ${getWho()}, ${getInput('Who')} and ${variables.Who}`"))));

        var run = await _engine.StartAsync(EngineHarness.Flowchart(
            Call("g", "Greet", ("who", "Ada"), bound: ("text", "r")) + "," + Show("s", "getResult()"),
            """{"id":"r","name":"Result","typeName":"String"}""",
            "g -> s"));

        run.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.ShouldBe(["Hello Ada, Ada and Ada"]);
        run.Output.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_input_is_evaluated_in_the_scope_of_the_parent_even_when_names_are_equal()
    {
        Use(Usable("c", "Echo", Child("""[{"name":"X","type":"String"}]""", "[]", Show("o", "getX()"))));

        await _engine.StartAsync(EngineHarness.Flowchart(
            EngineHarness.Step("e", "Echo", ("x", "JavaScript", "variables.X + '!'")),
            """{"id":"x","name":"X","typeName":"String","value":"outer"}"""));

        _engine.Lines.ShouldBe(["outer!"]);
    }

    [Fact]
    public async Task An_output_of_a_child_activity_bound_to_an_output_name_is_the_composites_output()
    {
        Use(Usable("c", "Ask", Child("[]", """[{"name":"Answer","type":"Object"}]""",
            """{"id":"i","type":"Elsa.If","condition":{"typeName":"Boolean","expression":{"type":"Literal","value":"true"}},"result":{"typeName":"Boolean","memoryReference":{"id":"Answer"}}}""")));

        await _engine.StartAsync(EngineHarness.Flowchart(
            Call("a", "Ask", null, bound: ("answer", "r")) + "," + Show("s", "getResult()"), """{"id":"r","name":"Result","typeName":"Object"}""", "a -> s"));

        _engine.Lines.ShouldBe(["True"]);
    }

    [Fact]
    public async Task Complete_ends_only_that_workflow_and_gives_its_outcomes()
    {
        Use(Usable("c", "Decide", Child("[]", "[]", """{"id":"k","type":"Elsa.Complete","outcomes":{"typeName":"Object","expression":{"type":"Literal","value":"No"}}}""", """["Yes","No"]""")));

        var run = await _engine.StartAsync(EngineHarness.Flowchart(
            EngineHarness.Step("d", "Decide") + "," + EngineHarness.Line("yes") + "," + EngineHarness.Line("no"), "", "d:Yes -> yes", "d:No -> no"));

        run.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.ShouldBe(["no"]);
    }

    [Fact]
    public async Task It_waits_and_goes_on_inside_after_a_restart_with_its_inputs()
    {
        Use(Usable("c", "Slow", Child(
            """[{"name":"Who","type":"String"}]""", "[]",
            EngineHarness.Step("w", "Test.Wait", ("key", "Literal", "go")), Show("s", "getWho()"))));

        var run = await _engine.StartAsync(EngineHarness.Flowchart(Call("c1", "Slow", ("who", "Bob")) + "," + EngineHarness.Line("after"), "", "c1 -> after"));
        run.SubStatus.ShouldBe(WorkflowSubStatus.Suspended);
        run.ActivityExecutionContexts.Select(context => context.Node.NodeId).ShouldContain("Workflow1:root:c1:Workflow2:seq:w");
        run = await _engine.ResumeAsync(run);

        run.SubStatus.ShouldBe(WorkflowSubStatus.Finished);
        _engine.Lines.ShouldBe(["Bob", "after"]);
    }

    [Fact]
    public async Task A_version_that_does_not_exist_falls_back_to_the_published_one_then_to_the_latest()
    {
        Use(
            Usable("c", "Child", Child("[]", "[]", EngineHarness.Line("draft")), version: 2, published: false),
            Usable("c", "Child", Child("[]", "[]", EngineHarness.Line("published")), version: 1));
        var call = """{"id":"c1","type":"Child","version":9,"workflowDefinitionId":"c","workflowDefinitionVersionId":"gone"}""";

        await _engine.StartAsync("{\"root\":" + call + "}");
        Use(Usable("c", "Child", Child("[]", "[]", EngineHarness.Line("draft")), version: 2, published: false));
        await _engine.StartAsync("{\"root\":" + call + "}");

        _engine.Lines.ShouldBe(["published", "draft"]);
    }

    [Fact]
    public void The_named_version_is_preferred_over_the_published_one()
    {
        Use(
            Usable("c", "Child", Child("[]", "[]", EngineHarness.Line("new")), version: 2),
            Usable("c", "Child", Child("[]", "[]", EngineHarness.Line("old")), version: 1, published: false));

        _engine.Catalog.Resolve("Child", 2, "c-1", "c")!.Version.ShouldBe(1);
        _engine.Catalog.Resolve("Child", 1, null, null)!.Version.ShouldBe(1);
        _engine.Catalog.Resolve("Child", null, null, null)!.Version.ShouldBe(2);
    }

    [Fact]
    public async Task A_workflow_that_would_run_itself_is_a_problem_and_faults()
    {
        Use(Usable("a", "A", Child("[]", "[]", EngineHarness.Step("b", "B"))), Usable("b", "B", Child("[]", "[]", EngineHarness.Step("a", "A"))));

        var plan = _engine.Compile("""{"root":{"id":"x","type":"A"}}""");
        plan.Problems.ShouldHaveSingleItem().Code.ShouldBe("WF1011");
        plan.Problems[0].Message.ShouldContain("'A' uses 'B' uses 'A'");
        plan.UsedDefinitionIds.ShouldBe(["a", "b"], ignoreOrder: true);
        var run = await _engine.StartAsync("""{"root":{"id":"x","type":"A"}}""");
        run.SubStatus.ShouldBe(WorkflowSubStatus.Faulted);
    }

    [Fact]
    public void Workflows_that_multiply_are_stopped()
    {
        const int Depth = 12;
        Use([.. Enumerable.Range(0, Depth).Select(i => Usable(
            "n" + i, "D" + i, i == Depth - 1 ? "{}" : Child("[]", "[]", EngineHarness.Step("l", "D" + (i + 1)), EngineHarness.Step("r", "D" + (i + 1)))))]);

        var plan = _engine.Compile("""{"root":{"id":"x","type":"D0"}}""");

        plan.Problems.ShouldContain(problem => problem.Code == "WF1012");
        plan.Nodes.Count.ShouldBeLessThan(10_000);
    }

    [Fact]
    public void Triggers_inside_do_not_start_the_parent()
    {
        Use(Usable("c", "Child", Child("[]", "[]", """{"id":"t","type":"Test.Ping","customProperties":{"canStartWorkflow":true}}""")));

        _engine.Compile("""{"root":{"id":"x","type":"Child"}}""").Triggers.ShouldBeEmpty();
    }

    [Fact]
    public void Names_that_every_activity_has_get_an_underscore()
    {
        var type = Usable("c", "Child", Child("""[{"name":"Name","type":"String"},{"name":"my value","type":"Int32"}]""", "[]")).Type;

        type.Inputs.Select(input => input.WireName).ShouldBe(["_Name", "myValue"]);
        type.Inputs.ShouldAllBe(input => input.IsSynthetic && input.IsWrapped);
    }

    private static string Child(string inputs, string outputs, string first, string second = "", string outcomes = "[]")
    {
        if (second.StartsWith('['))
            (second, outcomes) = ("", second);
        return "{\"inputs\":" + inputs + ",\"outputs\":" + outputs + ",\"outcomes\":" + outcomes
            + ",\"root\":{\"id\":\"seq\",\"type\":\"Elsa.Sequence\",\"activities\":[" + first + (second.Length > 0 ? "," + second : "") + "]}}";
    }

    private static string Child(string inputs, string outputs) => Child(inputs, outputs, "");

    private static string SetOutput(string id, string name, string script) =>
        EngineHarness.Step(id, "Elsa.SetOutput", ("outputName", "Literal", name), ("outputValue", "JavaScript", script));

    private static string Show(string id, string script) => EngineHarness.Step(id, "Elsa.WriteLine", ("text", "JavaScript", script));

    private static string Call(string id, string type, (string Name, string Value)? input, (string Name, string Target)? bound = null)
    {
        var step = input is { } given
            ? JsonNode.Parse(EngineHarness.Step(id, type, (given.Name, "Literal", given.Value)))!.AsObject()
            : JsonNode.Parse(EngineHarness.Step(id, type))!.AsObject();
        if (bound is { } output)
            step[output.Name] = new JsonObject { ["typeName"] = "Object", ["memoryReference"] = new JsonObject { ["id"] = output.Target } };
        return step.ToJsonString();
    }

    private WorkflowActivityType Usable(string definitionId, string name, string document, int version = 1, bool published = true)
    {
        var json = JsonNode.Parse(document)!.AsObject();
        json["options"] = new JsonObject { ["usableAsActivity"] = true };
        var definition = new WorkflowDefinition($"{definitionId}-{version}", definitionId, version)
        {
            Name = name,
            IsPublished = published,
            Document = json.ToJsonString(),
        };
        return WorkflowActivityType.Of(definition, _engine.Reader.Read(definition)).ShouldNotBeNull();
    }

    private void Use(params WorkflowActivityType[] types)
    {
        foreach (var versions in types.GroupBy(type => type.Definition.DefinitionId))
            _engine.Catalog.Workflows = _engine.Catalog.Workflows.With(versions.Key, versions);
    }
}

/// <summary>A trigger that starts a workflow and does nothing else.</summary>
[Activity("Test", "Test")]
public sealed class Ping : Trigger
{
    protected override ValueTask ExecuteAsync(ActivityExecutionContext context) => context.CompleteActivityAsync();
}
