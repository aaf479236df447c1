using System.Text;
using Bridge.Infrastructure.Tests.Fuzz;
using Bridge.Simulator.Caller;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Serilog.Core;
using Serilog.Events;

namespace Bridge.Api.Tests.Fuzz;

/// <summary>Whatever is posted to the webhooks gets one of the documented answers: none is a fault of ours, and none is a document Twilio could not read.</summary>
[Category("Fuzz")]
public sealed class WebhookFuzzTests
{
    private const int MaxBytes = 64 * 1024;

    private static readonly string[] Hosts = ["bridge.example.com", "bridge.example.com:8443", "[::1]:5000", "127.0.0.1", "a_b", "x:99999", "u@h", ""];
    private static readonly string[] Types =
    [
        "application/x-www-form-urlencoded; charset=utf-8", "APPLICATION/X-WWW-FORM-URLENCODED", "application/x-www-form-urlencoded; charset=utf-16", "application/x-www-form-urlencoded; charset=utf-7",
        "application/x-www-form-urlencoded; charset=no-such", "application/x-www-form-urlencoded;;", "multipart/form-data; boundary=x", "application/json", "text/plain", "", "x",
    ];

    private readonly Dictionary<int, int> _statuses = [];
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
    private readonly MemoryServer _server = new();
    private readonly Faults _faults = new();
    private WebApplication? _app;

    [TearDown]
    public async Task TearDown()
    {
        if (_app is not null)
            await _app.DisposeAsync();
    }

    [Test]
    public async Task Every_body_is_answered_and_no_answer_is_a_fault()
    {
        await StartAsync([]);
        FuzzRun.Over(random => new FuzzSource(random, FuzzCorpus.Of("webhook"), MaxBytes).Next, input => Ask(input, signature: null));

        Assert.That(_statuses.Keys, Is.SubsetOf(new[] { 200, 400, 410, 413, 415 }), string.Join(", ", _statuses));
        Assert.That(new[] { 200, 400, 413, 415 }.Select(s => _statuses.GetValueOrDefault(s)), Has.All.GreaterThan(FuzzRun.Inputs / 100), string.Join(", ", _statuses));
    }

    /// <summary>Where signatures are checked no body opens the door, and the signature is never the thing that breaks.</summary>
    [Test]
    public async Task Unsigned_no_body_is_taken()
    {
        await StartAsync(new() { ["TWILIO_AUTH_TOKEN"] = "made-up-token-of-the-fuzzer", ["PUBLIC_BASE_URL"] = "https://bridge.example.com" });
        FuzzRun.Over(
            random => new FuzzSource(random, FuzzCorpus.Of("webhook"), MaxBytes).Next,
            input => Ask(input, input.Length % 8 == 0 ? null : Convert.ToBase64String([.. input.Take(20), .. new byte[20]], 0, 20)),
            inputs: 20_000);

        Assert.That(_statuses.Keys, Is.EquivalentTo(new[] { 400, 403, 413, 415 }).Or.EquivalentTo(new[] { 403, 413, 415 }), string.Join(", ", _statuses));
    }

    private void Ask(byte[] input, string? signature)
    {
        // All choices come from the input, so that one of the corpus is the same request each time.
        var choice = input.Aggregate(input.Length, (sum, b) => unchecked((sum * 31) + b)) & int.MaxValue;
        var request = new HttpRequestFeature { Method = "POST", Scheme = "http", Protocol = "HTTP/1.1", Path = choice % 7 == 0 ? "/stream-ended" : "/incoming-call" };
        request.Headers.Host = choice % 5 == 0 ? Hosts[choice / 5 % Hosts.Length] : Hosts[0];
        if (choice % 11 == 0)
        {
            // A target is ASCII without control characters: others the web server itself refuses.
            (request.Method, request.QueryString) = ("GET", "?" + string.Concat(input.Take(8_000).Select(b => b is > 0x20 and < 0x7F and not (byte)'#' ? ((char)b).ToString() : $"%{b:X2}")));
        }
        else
        {
            request.Body = new MemoryStream(input);
            request.Headers.ContentLength = input.Length;
            request.Headers.ContentType = choice % 13 == 0 ? Types[choice / 13 % Types.Length] : "application/x-www-form-urlencoded";
        }

        request.RawTarget = request.Path + request.QueryString;
        if (signature is not null)
            request.Headers["X-Twilio-Signature"] = signature;
        var (status, type, body) = _server.AskAsync(request).GetAwaiter().GetResult();

        FuzzRun.Check(_faults.Last is null, _faults.Last ?? "");
        FuzzRun.Check(status < 500, $"{status}");
        if (status == 200)
            TwimlAnswer.Parse(type, body.Length, Encoding.UTF8.GetString(body));
        _statuses[status] = _statuses.GetValueOrDefault(status) + 1;
        // What was promised is over in a minute, and forgotten in an hour.
        _time.Advance(TimeSpan.FromSeconds(1));
    }

    private async Task StartAsync(Dictionary<string, string> variables)
    {
        Dictionary<string, string> all = new(variables)
        {
            ["HOST"] = "127.0.0.1", ["PORT"] = "0", ["ASPNETCORE_ENVIRONMENT"] = "Development", ["REALTIME_PROVIDER"] = "echo", ["CALLER_CONTEXT"] = "on", ["LOG_LEVEL"] = "error",
        };
        _app = BridgeApp.Create(all, builder =>
        {
            builder.Services.AddSingleton<IServer>(_server);
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.AddSingleton<ILogEventSink>(_faults);
            builder.Services.AddSingleton<Microsoft.Extensions.Hosting.IHostLifetime, NoLifetime>();
        });
        await _app.StartAsync();
    }

    /// <summary>What is logged as an error is a fault of ours, whatever was answered.</summary>
    private sealed class Faults : ILogEventSink
    {
        public string? Last { get; private set; }

        public void Emit(LogEvent logEvent)
        {
            if (logEvent.Level >= LogEventLevel.Error)
                Last = $"{logEvent.RenderMessage(null)} {logEvent.Exception}";
        }
    }
}
