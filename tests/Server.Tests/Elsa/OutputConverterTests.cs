using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Engine.Converters;

namespace Platform.Server.Tests.Elsa;

public sealed class OutputConverterTests(ElsaServer server) : IClassFixture<ElsaServer>
{
    [Fact]
    public async Task Converters_are_listed_with_what_editors_show()
    {
        var listed = (await server.GetAsync("/descriptors/output-converters?sourceType=String&destinationType=Object")).Node["items"]!.AsArray();

        var member = listed.Single(item => item!["id"]!.GetValue<string>() == "Platform.JsonMember")!;
        member["displayName"]!.GetValue<string>().ShouldBe("Member of an object");
        member["description"]!.GetValue<string>().ShouldNotBeEmpty();
        (member["sourceTypeName"]!.GetValue<string>(), member["resultTypeName"]!.GetValue<string>()).ShouldBe(("Object", "Object"));
        member["settingsSchema"]!["properties"]!["path"]!["type"]!.GetValue<string>().ShouldBe("string");
        listed.Single(item => item!["id"]!.GetValue<string>() == "Platform.FromJson")!["settingsSchema"].ShouldBeNull();
    }

    [Fact]
    public async Task A_draft_keeps_a_bad_converter_that_cannot_be_published()
    {
        var document = Document("bad-converter", """{"id":"Shop.Unknown","settings":{"a":1}}""");
        await server.ImportAsync(document);

        (await server.PostAsync("/workflow-definitions/bad-converter/publish", "{}"))
            .ShouldBeInvalid("WF1041", "The output 'Result' cannot be converted by 'Shop.Unknown'");
        var kept = (await server.GetAsync("/workflow-definitions/by-definition-id/bad-converter")).Node;
        JsonNode.DeepEquals(kept["root"]!["result"]!["converter"], JsonNode.Parse("""{"id":"Shop.Unknown","settings":{"a":1}}""")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_published_workflow_converts()
    {
        await server.ImportAsync(Document("converts", """{"id":"Platform.JsonMember","settings":{"path":"a[1]"}}"""), publish: true);
        var id = await server.ExecuteAsync("converts");

        var state = (await server.GetAsync($"/workflow-instances/{id}")).Node;

        state["subStatus"]!.GetValue<string>().ShouldBe("Finished");
        state["workflowState"]!["output"]!["Out"]!.GetValue<int>().ShouldBe(2);
    }

    [Fact]
    public async Task Hosts_add_converters_of_their_own()
    {
        await using var own = TestServer.WithCredentials(services => services.AddSingleton<OutputConverter, Shout>());
        using var client = own.WithApiKey();

        var listed = JsonNode.Parse(await client.GetStringAsync("/elsa/api/descriptors/output-converters?sourceType=String&destinationType=String"))!["items"]!.AsArray();

        listed.Select(item => item!["id"]!.GetValue<string>()).ShouldContain("Test.Shout");
    }

    private static string Document(string name, string converter) =>
        "{\"definitionId\":\"" + name + "\",\"name\":\"" + name + "\",\"outputs\":[{\"name\":\"Out\",\"type\":\"Object\"}],\"root\":{\"type\":\"Elsa.RunJavaScript\",\"version\":1,\"id\":\"s\","
        + "\"script\":{\"typeName\":\"String\",\"expression\":{\"type\":\"Literal\",\"value\":\"return {a:[1,2]}\"}},"
        + "\"result\":{\"typeName\":\"Object\",\"memoryReference\":{\"id\":\"Out\"},\"converter\":" + converter + "}}}";

    private sealed class Shout : OutputConverter
    {
        public override string Id => "Test.Shout";

        public override string DisplayName => "Shout";

        public override Type SourceType => typeof(string);

        public override Type ResultType => typeof(string);

        public override Func<object?, object?> Bind(IReadOnlyDictionary<string, object> settings) => value => (value as string)?.ToUpperInvariant();
    }
}
