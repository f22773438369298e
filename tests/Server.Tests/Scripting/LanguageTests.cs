using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Platform.Server.Tests.Scripting;

public sealed class LanguageTests
{
    private const string Document = """
        {"model":{"definitionId":"scripts","name":"Scripts","toolVersion":"3.8.2.0",
          "variables":[{"id":"v1","name":"Count","typeName":"Int32","value":"2","storageDriverTypeName":"Elsa.Workflows.WorkflowInstanceStorageDriver, Elsa.Workflows.Core"}],
          "outputs":[{"name":"Liquid","type":"String"},{"name":"Script","type":"Object"},{"name":"CSharp","type":"Object"}],
          "root":{"id":"f","type":"Elsa.Sequence","version":1,"activities":[
            {"id":"a","type":"Elsa.SetOutput","version":1,"outputName":{"typeName":"String","expression":{"type":"Literal","value":"Liquid"}},
             "outputValue":{"typeName":"Object","expression":{"type":"Liquid","value":"{{ Variables.Count }} of {{ Configuration.Shop.Name }}{{ Configuration.Security.BootstrapApiKey }}"}}},
            {"id":"b","type":"Elsa.RunJavaScript","version":1,"script":{"typeName":"String","expression":{"type":"Literal","value":"return { shop: getConfig('Shop:Name'), count: variables.Count + 1 };"}},
             "result":{"typeName":"Object","memoryReference":{"id":"Script"}}},
            {"id":"c","type":"Elsa.RunCSharp","version":1,"script":{"typeName":"String","expression":{"type":"Literal","value":"Variables.Count * 100"}},
             "result":{"typeName":"Object","memoryReference":{"id":"CSharp"}}}]}},
         "publish":true}
        """;

    [Fact]
    public async Task A_workflow_with_all_languages_runs_where_CSharp_is_allowed()
    {
        await using var server = Server(("Scripting:AllowCSharp", "true"), ("Scripting:AllowedConfiguration:0", "Shop:Name"), ("Shop:Name", "Corner"));
        using var client = server.WithApiKey();
        (await SaveAsync(client))["validationErrors"]!.AsArray().ShouldBeEmpty();

        var state = await RunAsync(client);

        state["subStatus"]!.GetValue<string>().ShouldBe("Finished", state.ToJsonString());
        var output = state["output"]!;
        output["Liquid"]!.GetValue<string>().ShouldBe("2 of Corner");
        output["Script"]!.ToJsonString().ShouldBe("""{"shop":"Corner","count":3}""");
        output["CSharp"]!.GetValue<int>().ShouldBe(200);
    }

    [Fact]
    public async Task CSharp_is_off_unless_it_is_allowed_and_the_warning_and_the_fault_name_the_setting()
    {
        await using var server = Server(("Scripting:AllowedConfiguration:0", "Shop:Name"), ("Shop:Name", "Corner"));
        using var client = server.WithApiKey();

        var warning = (await SaveAsync(client))["validationErrors"]!.AsArray().ShouldHaveSingleItem()!;
        warning["code"]!.GetValue<string>().ShouldBe("WF1122");
        warning["path"]!.GetValue<string>().ShouldBe("$.root.activities[2].script.expression.value");

        var incident = (await RunAsync(client))["incidents"]!.AsArray().ShouldHaveSingleItem()!;
        incident["message"]!.GetValue<string>().ShouldStartWith("WF1122: C# is switched off on this server");
        incident["message"]!.GetValue<string>().ShouldContain("Scripting:AllowCSharp");
    }

    [Fact]
    public async Task A_setting_that_is_not_listed_cannot_be_read()
    {
        await using var server = Server();
        using var client = server.WithApiKey();
        await SaveAsync(client);

        var state = await RunAsync(client);

        var message = state["incidents"]!.AsArray().ShouldHaveSingleItem()!["message"]!.GetValue<string>();
        message.ShouldContain("WF1124: The setting 'Shop:Name' is not open to expressions.");
        message.ShouldContain("Scripting:AllowedConfiguration");
        state["output"]!["Liquid"]!.GetValue<string>().ShouldBe("2 of ");
    }

    [Fact]
    public async Task JavaScript_uses_the_libraries_that_the_operator_names()
    {
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, "module.exports = { double: n => n * 2 };");
            await using var server = Server(("Scripting:JavaScriptLibraries:0:Name", "tools"), ("Scripting:JavaScriptLibraries:0:Path", path));
            using var client = server.WithApiKey();
            (await SaveAsync(client, Document.Replace("getConfig('Shop:Name')", "tools.double(21)", StringComparison.Ordinal)))["validationErrors"]!.AsArray().Count.ShouldBe(1);

            (await RunAsync(client))["output"]!["Script"]!["shop"]!.GetValue<int>().ShouldBe(42);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("1tool", "no-such-file.js", "'1tool' cannot be the name of a library")]
    [InlineData("tools", "no-such-file.js", "Could not find file")]
    public void A_library_that_cannot_be_used_keeps_the_server_from_starting(string name, string file, string why)
    {
        var path = name == "tools" ? Path.Combine(Path.GetTempPath(), file) : typeof(LanguageTests).Assembly.Location;
        var options = new Platform.Server.Scripting.ScriptingOptions { JavaScriptLibraries = [new() { Name = name, Path = path }] };
        var functions = new Platform.Server.Scripting.ServerFunctions(() => throw new InvalidOperationException(), () => throw new InvalidOperationException(), () => throw new InvalidOperationException());

        Should.Throw<Composition.ConfigurationMistakesException>(
            () => Platform.Server.Scripting.ServerLanguages.Create(options, new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(), TimeProvider.System, functions)).Message.ShouldContain(why);
    }

    [Fact]
    public async Task Studio_is_offered_every_language_of_Elsa_and_the_scripting_activities()
    {
        await using var server = Server();
        using var client = server.WithApiKey();

        var languages = (await client.GetFromJsonAsync<JsonNode>("/elsa/api/descriptors/expression-descriptors"))!["items"]!.AsArray();
        languages.Select(item => $"{item!["type"]} {item["displayName"]} {item["isBrowsable"]} {item["properties"]!["MonacoLanguage"]}").ShouldBe(
        [
            "Literal Literal false ", "Object Object false json", "Json Json false json", "Variable Variable true ", "Input Input true ", "JavaScript JavaScript true javascript",
            "CSharp C# true csharp", "Python Python true python", "Liquid Liquid true liquid", "Secret Secret true ",
        ]);
        foreach (var (type, display, language) in new[] { ("RunJavaScript", "Run JavaScript", "javascript"), ("RunCSharp", "Run C#", "csharp"), ("RunPython", "Run Python", "python") })
        {
            var descriptor = (await client.GetFromJsonAsync<JsonNode>($"/elsa/api/descriptors/activities/Elsa.{type}"))!;
            (descriptor["displayName"]!.GetValue<string>(), descriptor["category"]!.GetValue<string>()).ShouldBe((display, "Scripting"));
            var (script, outcomes) = (descriptor["inputs"]![0]!, descriptor["inputs"]![1]!);
            $"{script["name"]} {script["uiHint"]} {script["defaultSyntax"]}".ShouldBe("Script code-editor Literal");
            script["uiSpecifications"]!["code-editor"]!["language"]!.GetValue<string>().ShouldBe(language);
            $"{outcomes["name"]} {outcomes["uiHint"]} {outcomes["defaultSyntax"]}".ShouldBe("PossibleOutcomes dynamic-outcomes Object");
            outcomes["uiSpecifications"]!["DynamicOutcomesOptions"]!["fixedOutcomes"]!.AsArray().ShouldBeEmpty();
            descriptor["outputs"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>().ShouldBe("Result");
        }
    }

    private static TestServer Server(params (string Key, string Value)[] settings) => new(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value)
        .Concat([new("Storage:Kind", "Memory"), new("Security:BootstrapPassword", TestServer.Password), new("Security:BootstrapApiKey", TestServer.ApiKey)])
        .ToDictionary());

    private static async Task<JsonNode> SaveAsync(HttpClient client, string document = Document)
    {
        using var response = await client.PostAsync("/elsa/api/workflow-definitions", new StringContent(document, System.Text.Encoding.UTF8, "application/json"));
        return await response.JsonAsync();
    }

    private static async Task<JsonNode> RunAsync(HttpClient client)
    {
        using var response = await client.PostAsync("/elsa/api/workflow-definitions/scripts/execute", new StringContent("{}", System.Text.Encoding.UTF8, "application/json"));
        return (await response.JsonAsync())["workflowState"]!;
    }
}
