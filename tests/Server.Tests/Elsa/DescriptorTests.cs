using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Elsa;

public sealed class DescriptorTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task Every_activity_type_is_described_once_with_what_Studio_cannot_do_without()
    {
        var items = (await server.GetAsync("/descriptors/activities?Refresh=True")).Node["items"]!.AsArray();
        items.Count.ShouldBeGreaterThan(25);
        items.Select(item => $"{item!["typeName"]} {item["version"]}").ShouldBeUnique();
        foreach (var item in items)
        {
            item!["category"]!.GetValue<string>().ShouldNotBeEmpty();
            item["ports"].ShouldBeOfType<JsonArray>();
            item["customProperties"].ShouldBeOfType<JsonObject>();
            item["constructionProperties"].ShouldBeOfType<JsonObject>();
            foreach (var input in item["inputs"]!.AsArray())
            {
                input!["uiHint"]!.GetValue<string>().ShouldNotBeEmpty();
                input["isWrapped"]!.GetValueKind().ShouldBeOneOf(JsonValueKind.True, JsonValueKind.False);
                input["typeName"]!.GetValue<string>().ShouldNotBeEmpty();
            }
        }
    }

    [Theory]
    [InlineData("Elsa.Flowchart", "Done")]
    [InlineData("Elsa.FlowDecision", "True,False")]
    [InlineData("Elsa.While", "Body,Done")]
    [InlineData("Elsa.If", "Then,Else,Done")]
    [InlineData("Elsa.End", "")]
    [InlineData("Platform.Saga", "Body,Done,Compensated")]
    [InlineData("Platform.Compensable", "Body,Compensation,Done")]
    [InlineData("Platform.TryCatch", "Try,Catch,Finally,Done")]
    [InlineData("Platform.Timeout", "Body,OnTimeout,Done,TimedOut")]
    [InlineData("Platform.Retry", "Body,Done")]
    [InlineData("Platform.Fallback", "Primary,Secondary,Done")]
    public async Task Ports_are_places_for_one_activity_and_then_outcomes(string type, string ports)
    {
        var descriptor = (await server.GetAsync("/descriptors/activities/" + type)).Node;
        string.Join(',', descriptor["ports"]!.AsArray().Select(port => port!["name"]!.GetValue<string>())).ShouldBe(ports);
    }

    [Theory]
    [InlineData("Elsa.WriteLine", "Text", "singleline", "Literal")]
    [InlineData("Elsa.If", "Condition", "checkbox", "Literal")]
    [InlineData("Elsa.SetVariable", "Variable", "variable-picker", "Variable")]
    [InlineData("Elsa.Switch", "Mode", "dropdown", "Literal")]
    [InlineData("Elsa.Switch", "Cases", "switch-editor", "Literal")]
    [InlineData("Elsa.FlowFork", "Branches", "dynamic-outcomes", "Object")]
    [InlineData("Elsa.ForEach", "Items", "json-editor", "Object")]
    [InlineData("Elsa.RunTask", "Payload", "dictionary", "Object")]
    public async Task Inputs_have_an_editor_in_which_their_value_can_be_entered(string type, string input, string hint, string syntax)
    {
        var found = await InputAsync(type, input);
        found["uiHint"]!.GetValue<string>().ShouldBe(hint);
        found["defaultSyntax"]!.GetValue<string>().ShouldBe(syntax);
    }

    [Fact]
    public async Task An_enumeration_is_a_dropdown_with_its_names()
    {
        var mode = await InputAsync("Elsa.Switch", "Mode");
        mode["defaultValue"]!.GetValue<string>().ShouldBe("MatchFirst");
        var items = mode["uiSpecifications"]!["dropdown"]!["selectList"]!["items"]!.AsArray();
        items.Select(item => item!["value"]!.GetValue<string>()).ShouldBe(["MatchFirst", "MatchAny"]);
        items[0]!["text"]!.GetValue<string>().ShouldBe("Match First");
        var options = await server.PostAsync("/descriptors/activities/Elsa.Switch/options/Mode", """{"context":{"Cases":null}}""");
        options.Node["items"]!["dropdown"].ShouldNotBeNull();
        (await server.PostAsync("/descriptors/activities/Elsa.Switch/options/None", "{}")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task The_list_is_packed_and_not_sent_twice(string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/elsa/api/descriptors/activities");
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        using var response = await server.Client.SendAsync(request);
        response.Content.Headers.ContentEncoding.ShouldBe([encoding]);
        await using var body = await response.Content.ReadAsStreamAsync();
        await using Stream unpacked = encoding == "br" ? new BrotliStream(body, CompressionMode.Decompress) : new GZipStream(body, CompressionMode.Decompress);
        (await JsonNode.ParseAsync(unpacked))!["count"]!.GetValue<int>().ShouldBeGreaterThan(25);

        using var again = new HttpRequestMessage(HttpMethod.Get, "/elsa/api/descriptors/activities?Refresh=True");
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await server.Client.SendAsync(again);
        ((int)unchanged.StatusCode).ShouldBe(304);
    }

    [Theory]
    [InlineData("/descriptors/storage-drivers", 2)]
    [InlineData("/descriptors/variables", 10)]
    [InlineData("/descriptors/workflow-activation-strategies", 4)]
    [InlineData("/descriptors/incident-strategies", 2)]
    [InlineData("/descriptors/log-persistence-strategies", 0)]
    [InlineData("/descriptors/commit-strategies/workflows", 0)]
    [InlineData("/descriptors/commit-strategies/activities", 0)]
    [InlineData("/descriptors/output-converters?sourceType=String&destinationType=Int32", 3)]
    [InlineData("/features/installed", 1)]
    public async Task Lists_have_what_this_server_does_and_each_once(string path, int min)
    {
        var items = (await server.GetAsync(path)).Node["items"]!.AsArray();
        items.Count.ShouldBeGreaterThanOrEqualTo(min);
        items.Select(item => (item!["typeName"] ?? item["fullName"] ?? item["name"] ?? item["id"])!.GetValue<string>()).ShouldBeUnique();
    }

    [Fact]
    public async Task Languages_are_those_of_the_server_in_Elsas_order_with_texts_as_properties()
    {
        var items = (await server.GetAsync("/descriptors/expression-descriptors")).Node["items"]!.AsArray();
        items[0]!["type"]!.GetValue<string>().ShouldBe("Literal");
        items.Select(item => item!["type"]!.GetValue<string>()).ShouldContain("Variable");
        foreach (var item in items)
            item!["properties"]!.AsObject().ShouldAllBe(property => property.Value!.GetValueKind() == JsonValueKind.String);
    }

    [Fact]
    public async Task Features_are_found_by_name()
    {
        (await server.GetAsync("/features/installed/Elsa.RealTimeWorkflowUpdates")).Node["name"]!.GetValue<string>().ShouldBe("RealTimeWorkflowUpdates");
        (await server.GetAsync("/features/installed/Elsa.Nothing")).Status.ShouldBe(404);
        (await server.GetAsync("/package/version")).Node["packageVersion"]!.GetValue<string>().ShouldMatch(@"^\d+\.\d+");
        (await server.GetAsync("/descriptors/activities/Elsa.Nothing")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Type_definitions_name_variables_inputs_and_outputs()
    {
        var document = JsonNode.Parse(Documents.Order("typed", "typed-v1", "Typed"))!;
        document["inputs"] = JsonNode.Parse("""[{"type":"Int32","name":"Amount"},{"type":"String","name":"not an identifier"}]""");
        document["variables"]!.AsArray().Add(JsonNode.Parse("""{"id":"v2","name":"order lines","typeName":"String","isArray":true}"""));
        await server.ImportAsync(document.ToJsonString());
        var answer = await server.PostAsync("/scripting/javascript/type-definitions/typed", """{"workflowDefinitionId":"typed","activityTypeName":"Elsa.WriteLine","propertyName":"Text"}""");
        answer.Headers["Content-Type"].ShouldStartWith("application/x-typescript");
        answer.Text.ShouldContain("declare function getVariable1(): string;");
        answer.Text.ShouldContain("declare function setVariable1(value: string): void;");
        answer.Text.ShouldContain("declare function getOrderLines(): string[];");
        answer.Text.ShouldContain("declare function getAmount(): number;");
        answer.Text.ShouldContain("declare function getNotAnIdentifier(): string;");
        answer.Text.ShouldContain("declare function getResultFromEvent1(): any;");
        answer.Text.ShouldContain("  Variable1: string;");
        answer.Text.ShouldNotContain("order lines");
        (await server.PostAsync("/scripting/javascript/type-definitions/none", "{}")).Text.ShouldContain("declare function getVariable(name: string): any;");
    }

    private async Task<JsonNode> InputAsync(string type, string input) =>
        (await server.GetAsync("/descriptors/activities/" + type)).Node["inputs"]!.AsArray().Single(item => item!["name"]!.GetValue<string>() == input)!;
}
