using System.Text;
using System.Text.Json;
using Platform.Runtime.Store;

namespace Platform.Storage.Tests;

public abstract partial class StoreConformance
{
    private static readonly string Long = new('x', 20_000);

    public static TheoryData<string> LargeStates() => new(
        [
            JsonSerializer.Serialize(new { a = Long, b = new[] { 1, 2 }, c = Long }),
            JsonSerializer.Serialize(new { live = new object[] { new { vars = new object[] { new object[] { "id", "name", new string('é', 40_000) } } }, "small" }, z = "\u0001\u0002 \"quoted\" \\ 한글" }),
            JsonSerializer.Serialize(new { numbers = Enumerable.Range(0, 20_000), end = true }),
            JsonSerializer.Serialize(Enumerable.Range(0, 20_000)),
            JsonSerializer.Serialize(Long + Long),
            JsonSerializer.Serialize(Enumerable.Range(0, 30).Select(i => Long + i)),
            "{\"a\":\"" + Long + "\", \"b\":" + new string('[', 900) + "\"" + Long + "\"" + new string(']', 900) + " ,\"c\" : 7}",
            "not JSON \u0001\u0002" + Long + Long,
            "\u0001" + Long + "\u0002" + Long,
            new string(' ', 40_000) + "{}",
        ]);

    [Theory]
    [MemberData(nameof(LargeStates))]
    public async Task FindInstanceAsync_GivesALargeStateAsItWasWritten(string state)
    {
        var bytes = Encoding.UTF8.GetBytes(state);
        await PutAsync(Instance("a") with { State = bytes }, Instance("b") with { State = bytes });
        await PutAsync(Instance("a", 2) with { State = bytes });

        (await Store.FindInstanceAsync("a", None))!.State.ToArray().ShouldBe(bytes);
        (await Store.FindInstanceAsync("b", None))!.State.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public async Task FindInstanceAsync_GivesTheStateOfTheLatestCommit_WhenLargeValuesComeChangeAndGo()
    {
        string[] states =
        [
            "{}", $$"""{"a":"{{Long}}1","b":"{{Long}}2"}""", $$"""{"b":"{{Long}}2","a":"{{Long}}3"}""", $$"""{"a":"{{Long}}2","b":"{{Long}}2","c":1}""", "{\"a\":1}",
        ];
        for (var i = 0; i < states.Length; i++)
        {
            await PutAsync(Instance("a", i + 1) with { State = Encoding.UTF8.GetBytes(states[i]) });
            Text((await Store.FindInstanceAsync("a", None))!.State).ShouldBe(states[i]);
        }
    }

    [Fact]
    public async Task MeasureAsync_CountsLargeValues_AndForgetsThemWithTheirInstance()
    {
        await PutAsync(Instance("a") with { State = Encoding.UTF8.GetBytes($$"""{"a":"{{Long}}1","b":"{{Long}}2"}""") });
        (await Store.MeasureAsync(None)).Workflows.ShouldHaveSingleItem().Bytes.ShouldBeGreaterThan(2 * Long.Length);

        await Store.CommitAsync(new() { DeletedInstances = ["a"] }, None);
        await PutAsync(Instance("a") with { State = "{}"u8.ToArray() });

        (await Store.MeasureAsync(None)).Workflows.ShouldHaveSingleItem().Bytes.ShouldBeLessThan(1_000);
    }

    [Fact]
    public async Task FindInstanceAsync_WhileLargeValuesChange_GivesOneStateOrTheOther()
    {
        byte[][] states = [.. Enumerable.Range(0, 2).Select(i => Encoding.UTF8.GetBytes($$"""{"a":"{{Long}}{{i}}","b":"{{Long}}{{i}}{{i}}"}"""))];
        await PutAsync(Instance("a") with { State = states[0] });
        var writing = Task.Run(async () =>
        {
            for (var revision = 2; revision <= 200; revision++)
                await PutAsync(Instance("a", revision) with { State = states[revision % 2] });
        });

        while (!writing.IsCompleted)
        {
            var found = (await Store.FindInstanceAsync("a", None))!;
            if (found.Revision > 1)
                found.State.ToArray().ShouldBe(states[found.Revision % 2]);
        }

        await writing;
    }
}
