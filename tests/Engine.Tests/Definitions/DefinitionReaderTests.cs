using Platform.Engine.Definitions;
using static Platform.Engine.Tests.EngineHarness;

namespace Platform.Engine.Tests.Definitions;

public sealed class DefinitionReaderTests
{
    private readonly EngineHarness _engine = new();

    [Fact]
    public void Read_DuplicateIds_NamesThePlace()
    {
        var content = Read(Flowchart(string.Join(',', Line("a"), Line("a")), ""));

        var problem = content.Problems.ShouldHaveSingleItem();
        problem.ShouldBe(new DefinitionProblem("$.root.activities[1].id", "WF1002", "The id 'a' is used twice in this container. Give each activity its own id."));
    }

    [Fact]
    public void Read_UnknownExpressionType_NamesThePlaceAndTheKnownTypes()
    {
        var content = Read(Flowchart(Step("a", "Elsa.WriteLine", ("text", "Klingon", "qapla")), ""));

        content.Problems.ShouldBeEmpty();
        var problem = content.Warnings.ShouldHaveSingleItem();
        problem.Path.ShouldBe("$.root.activities[0].text.expression.type");
        problem.Message.ShouldContain("'Klingon' is not known");
        problem.Message.ShouldContain("Literal");
    }

    [Fact]
    public void Read_TooDeepNesting_IsAProblemNotACrash()
    {
        var document = Line("leaf");
        for (var i = 0; i < 70; i++)
            document = "{\"id\":\"s" + i + "\",\"type\":\"Elsa.Sequence\",\"activities\":[" + document + "]}";

        Read("{\"root\":" + document + "}").Problems.ShouldContain(problem => problem.Code == "WF1005");
    }

    [Fact]
    public void Read_AnActivityWithoutType_IsAProblem() =>
        Read("""{"root":{"id":"x"}}""").Problems.ShouldHaveSingleItem().Code.ShouldBe("WF1001");

    [Fact]
    public void Read_Minimal_HasAnEmptySequence() => Read("{}").Root.Type.ShouldBe("Elsa.Sequence");

    [Fact]
    public async Task Read_LegacyConnections_AreFollowed()
    {
        var document = """
            {"root":{"id":"f","type":"Elsa.Flowchart","activities":[ACTIVITIES],
            "connections":[{"source":"a","target":"b","sourcePort":"Done","targetPort":"In"}]}}
            """.Replace("ACTIVITIES", string.Join(',', Line("a"), Line("b")), StringComparison.Ordinal);

        await _engine.StartAsync(document);

        _engine.Lines.ShouldBe(["a", "b"]);
    }

    [Fact]
    public void Read_AConnectionToNowhere_IsLeftOutWithAWarning()
    {
        var content = Read(Flowchart(Line("a"), "", "a -> ghost"));

        content.Problems.ShouldBeEmpty();
        content.Warnings.ShouldHaveSingleItem().Message.ShouldContain("ghost");
    }

    [Theory]
    [InlineData("\"just text\"", "just text")]
    [InlineData("42", "42")]
    [InlineData("{\"typeName\":\"Whatever, Not.A.Type\",\"expression\":{\"type\":\"Literal\",\"value\":\"x\"}}", "x")]
    [InlineData("{\"typeName\":\"String\"}", "")]
    [InlineData("null", "")]
    public async Task Read_InputForms_AreTypedByTheActivity(string input, string expected)
    {
        await _engine.StartAsync("{\"root\":{\"id\":\"w\",\"type\":\"Elsa.WriteLine\",\"text\":" + input + "}}");

        string.Concat(_engine.Lines).ShouldBe(expected);
    }

    [Fact]
    public async Task Read_APlaceholder_BecomesTheActivityItStandsForOnceItsTypeIsKnown()
    {
        var placeholder = System.Text.Json.JsonSerializer.Serialize(new
        {
            id = "w",
            type = "Elsa.NotFoundActivity",
            missingTypeName = "Elsa.WriteLine",
            originalActivityJson = Line("w", "back"),
        });

        await _engine.StartAsync("{\"root\":" + placeholder + "}");

        _engine.Lines.ShouldBe(["back"]);
    }

    private DefinitionContent Read(string document) => _engine.Reader.Read(new WorkflowDefinition("v", "d", 1) { Document = document });
}
