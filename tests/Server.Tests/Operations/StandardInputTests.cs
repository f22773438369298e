using System.IO.Pipes;
using Microsoft.Extensions.DependencyInjection;
using Platform.Server.Operations;

namespace Platform.Server.Tests.Operations;

public sealed class StandardInputTests
{
    [Fact]
    public async Task A_line_that_nobody_waits_for_any_more_goes_to_the_next()
    {
        await using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        await using var end = new AnonymousPipeClientStream(PipeDirection.In, pipe.ClientSafePipeHandle);
        using var input = new StandardInput(new StreamReader(end));
        using var cancellation = new CancellationTokenSource();
        var givesUp = input.ReadLineAsync(cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(givesUp);
        var (first, second) = (input.ReadLineAsync(CancellationToken.None).AsTask(), input.ReadLineAsync(CancellationToken.None).AsTask());

        await using (var writer = new StreamWriter(pipe))
            await writer.WriteAsync("one\ntwo\n");

        (await first).ShouldBe("one");
        (await second).ShouldBe("two");
        (await input.ReadLineAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Theory]
    [InlineData("false", false)]
    [InlineData("true", true)]
    public async Task A_server_reads_its_standard_input_only_when_told(string setting, bool expected)
    {
        await using var server = new TestServer(new() { ["Storage:Kind"] = "Memory", ["Runtime:ReadsStandardInput"] = setting });
        (server.Services.GetService<TextReader>() is StandardInput).ShouldBe(expected);
    }
}
