using System.Net;
using System.Text;
using System.Threading.Channels;
using Bridge.Simulator.Caller;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Bridge.Simulator.Tests;

/// <summary>A request for TwiML, as the service saw it.</summary>
internal sealed record SeenRequest(string Method, string Target, Dictionary<string, string> Form, Dictionary<string, string> Headers);

/// <summary>A bridge that answers each path as the test says, and takes as many streams as come.</summary>
internal sealed class StandInService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Dictionary<string, Func<HttpContext, Task>> _paths = [];
    private readonly Channel<StandInBridge.Stream> _streams = Channel.CreateUnbounded<StandInBridge.Stream>();
    private readonly List<StandInBridge.Stream> _taken = [];
    private readonly List<SeenRequest> _requests = [];

    private FrameStream? _frames;

    private StandInService()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Use(FramedUpgrade.OfferAsync);
        _app.UseWebSockets();
        _app.Run(context => context.WebSockets.IsWebSocketRequest ? TakeStreamAsync(context) : AnswerAsync(context));
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Answers streams with this status instead of taking them.</summary>
    public int RefuseStreams { get; set; }

    public IReadOnlyList<SeenRequest> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    /// <summary>A service whose webhook gives this answer.</summary>
    public static async Task<StandInService> StartAsync(string webhook)
    {
        var service = new StandInService();
        service.On("/incoming-call", webhook);
        await service._app.StartAsync();
        return service;
    }

    /// <summary>TwiML that connects a stream; what stands in <paramref name="action"/> are Connect's attributes.</summary>
    public static string Connect(string action = "action=\"/after\"", string after = "") =>
        $"""<Response><Connect {action}><Stream url="wss://public.example/media-stream"/></Connect>{after}</Response>""";

    public void On(string path, string twiml) => On(path, context => WriteAsync(context, twiml));

    public void On(string path, Func<HttpContext, Task> answer) => _paths[path] = answer;

    public static Task WriteAsync(HttpContext context, string twiml, string contentType = "text/xml")
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = Encoding.UTF8.GetByteCount(twiml);
        return context.Response.WriteAsync(twiml);
    }

    /// <summary>A call in virtual time, its latest stream open.</summary>
    public Task<FakeCaller> CallAsync(Func<FakeCallerOptions, FakeCallerOptions>? change = null)
    {
        var options = new FakeCallerOptions { Webhook = new Uri(Address, "/incoming-call"), Pacing = Pacing.Manual };
        return FakeCaller.DialAsync(change?.Invoke(options) ?? options, ModelClient.Limit());
    }

    /// <summary>The next stream, its <c>start</c> received.</summary>
    public async Task<StandInBridge.Stream> StreamAsync()
    {
        var stream = await _streams.Reader.ReadAsync(ModelClient.Limit());
        await stream.UntilAsync("start");
        return stream;
    }

    /// <summary>Pings the latest stream; the answer comes up as a text.</summary>
    public Task PingAsync() => _frames!.PingAsync(ModelClient.Limit());

    public async ValueTask DisposeAsync()
    {
        lock (_taken)
            _taken.ForEach(static stream => stream.Over.TrySetResult());
        await _app.DisposeAsync();
    }

    private async Task TakeStreamAsync(HttpContext context)
    {
        if (RefuseStreams != 0)
        {
            context.Response.StatusCode = RefuseStreams;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _frames = FramedUpgrade.Of(context)?.Frames;
        var stream = new StandInBridge.Stream(socket);
        lock (_taken)
            _taken.Add(stream);
        _streams.Writer.TryWrite(stream);
        await stream.Over.Task; // Not until the request is aborted: what the test reads then is what matters.
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var fields = context.Request.HasFormContentType
            ? (await context.Request.ReadFormAsync()).ToDictionary(field => field.Key, field => field.Value.ToString())
            : context.Request.Query.ToDictionary(field => field.Key, field => field.Value.ToString());
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        lock (_requests)
            _requests.Add(new SeenRequest(context.Request.Method, context.Request.Path + context.Request.QueryString, fields, headers));
        if (_paths.TryGetValue(context.Request.Path, out var answer))
            await answer(context);
        else
            context.Response.StatusCode = 404;
    }
}
