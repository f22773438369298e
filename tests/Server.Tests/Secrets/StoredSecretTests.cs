using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Platform.Server.Composition;
using Platform.Server.Secrets;

namespace Platform.Server.Tests.Secrets;

public sealed class StoredSecretTests : IDisposable
{
    private const string Value = "kept-nowhere-0123456789";
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("platform-secrets-");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public async Task A_value_is_in_no_file_of_the_database_while_the_activity_that_got_it_waits_and_is_read_anew_after_a_restart()
    {
        string task;
        await using (var server = Start())
        {
            using var client = server.WithApiKey();
            await PostAsync(client, "/elsa/api/secrets", new JsonObject { ["name"] = "token", ["value"] = Value });
            await PostAsync(client, "/elsa/api/workflow-definitions", new JsonObject { ["model"] = Workflow(), ["publish"] = true });
            var run = await PostAsync(client, "/elsa/api/workflow-definitions/asks/execute", new JsonObject());
            run["workflowState"]!["subStatus"]!.GetValue<string>().ShouldBe("Suspended");
            task = run["workflowState"]!["bookmarks"]![0]!["id"]!.GetValue<string>();
        }

        foreach (var file in _data.GetFiles("*", SearchOption.AllDirectories))
            Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file.FullName)).ShouldNotContain(Value, Case.Sensitive, file.Name);

        await using var again = Start();
        using var second = again.WithApiKey();
        using var completed = await second.PostAsJsonAsync($"/elsa/api/tasks/{task}/complete", new JsonObject());
        completed.EnsureSuccessStatusCode();
        var list = await second.GetFromJsonAsync<JsonObject>("/elsa/api/workflow-instances");
        var instance = await second.GetStringAsync($"/elsa/api/workflow-instances/{list!["items"]![0]!["id"]}");
        instance.ShouldContain("failed with ***");
        instance.ShouldNotContain(Value);
    }

    [Fact]
    public void A_value_is_bound_to_its_secret_and_its_key()
    {
        var keys = new SecretKeys(new StorageOptions { DataDirectory = _data.FullName });
        var (keyId, cipher) = keys.Encrypt(Value, "secret|1|a");

        keys.Decrypt(keyId, cipher, "secret|1|a").ShouldBe(Value);
        keys.Decrypt(keyId, cipher, "secret|2|b").ShouldBeNull();
        keys.Decrypt("another", cipher, "secret|1|a").ShouldBeNull();
        keys.Decrypt(keyId, cipher[..^4] + "AAA=", "secret|1|a").ShouldBeNull();
        keys.Renew();
        keys.CurrentId.ShouldNotBe(keyId);
        new SecretKeys(new StorageOptions { DataDirectory = _data.FullName }).Decrypt(keyId, cipher, "secret|1|a").ShouldBe(Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no colon")]
    [InlineData("id:short")]
    public void A_damaged_key_file_is_told_with_its_path(string content)
    {
        var path = Path.Combine(_data.FullName, "secrets.key");
        File.WriteAllText(path, content);

        Should.Throw<StartFailedException>(() => new SecretKeys(new StorageOptions { DataDirectory = _data.FullName })).Message.ShouldContain(path);
    }

    private static JsonObject Workflow() => new()
    {
        ["definitionId"] = "asks",
        ["name"] = "Asks",
        ["root"] = new JsonObject
        {
            ["id"] = "root",
            ["type"] = "Elsa.Sequence",
            ["activities"] = new JsonArray(
                new JsonObject { ["id"] = "ask", ["type"] = "Elsa.RunTask", ["taskName"] = Input("Literal", "t"), ["payload"] = Input("JavaScript", "({ token: getSecret('token') })") },
                new JsonObject { ["id"] = "boom", ["type"] = "Elsa.Fault", ["message"] = Input("JavaScript", "'failed with ' + getSecret('token')") }),
        },
    };

    private static JsonObject Input(string language, string text) =>
        new() { ["typeName"] = "String", ["expression"] = new JsonObject { ["type"] = language, ["value"] = text } };

    private static async Task<JsonNode> PostAsync(HttpClient client, string path, JsonObject body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return (await response.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private TestServer Start() => new(new()
    {
        ["Storage:DataDirectory"] = _data.FullName,
        ["Security:BootstrapPassword"] = TestServer.Password,
        ["Security:BootstrapApiKey"] = TestServer.ApiKey,
    });
}
