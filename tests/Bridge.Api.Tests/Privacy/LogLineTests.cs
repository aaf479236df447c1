using Bridge.Application.Calls;
using Bridge.Api.Observability;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Serilog;
using Serilog.Events;

namespace Bridge.Api.Tests.Privacy;

/// <summary>C13: text from outside begins no line of the log, and moves no cursor of a terminal. (That no line of any test has a control character is seen to when its bridge is disposed of.)</summary>
[CancelAfter(30_000)]
public sealed class LogLineTests
{
    private const string Forged = "first\r\n12:00:00.000 INF Nothing happened\u001b[2J\u001b]0;title\a\u0085next\u2028line\u2029paragraph\0";

    [Test, Category("C13")]
    public async Task An_exceptions_lines_are_marked_as_its_own(CancellationToken cancel)
    {
        await using var bridge = await BridgeHost.StartAsync(customize: b => b.Services.AddSingleton<INotificationHandler<CallStarted>>(new Clumsy()));
        await using var caller = await bridge.CallAsync();
        var line = await bridge.Logs.WaitForAsync("A listener to CallStarted failed");
        var shown = (string)((ScalarValue)line.Properties[OneLine.Fault]).Value!;

        Assert.That(shown, Does.Contain("Nothing happened"));
        Assert.That(shown.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.All.StartsWith("  | "));
        Assert.That(shown.Where(c => (char.IsControl(c) && c != '\n') || c is '\u2028' or '\u2029'), Is.Empty);
    }

    [Test, Category("C13")]
    public void A_value_is_one_line_wherever_it_stands()
    {
        using var sink = new Sink();
        using var log = new LoggerConfiguration().Enrich.With<OneLine>().WriteTo.Sink(sink).CreateLogger();
        log.Information("{Text}", Forged);
        log.ForContext("Scope", Forged).Information("in a scope");

        foreach (var e in sink.Events)
            Assert.That((e.RenderMessage(null) + string.Join(' ', e.Properties)).Where(c => char.IsControl(c) || c is '\u2028' or '\u2029'), Is.Empty);
    }

    private sealed class Clumsy : INotificationHandler<CallStarted>
    {
        public Task Handle(CallStarted notification, CancellationToken cancellationToken) => throw new InvalidOperationException(Forged);
    }

    private sealed class Sink : Serilog.Core.ILogEventSink, IDisposable
    {
        public List<LogEvent> Events { get; } = [];

        public void Emit(LogEvent logEvent) => Events.Add(logEvent);

        public void Dispose()
        {
        }
    }
}
