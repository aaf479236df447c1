using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using Bridge.Simulator.Caller;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Bridge.Api.Tests;

/// <summary>
/// A bridge as somebody else might have written it, without the bridge: webhook, TwiML and media socket, with every check of ours or
/// all but some. It shares nothing with the product, so a mistake in a check of ours cannot hide in it.
/// </summary>
internal sealed class OpenDoor : IAsyncDisposable
{
    public const string AuthToken = "an-auth-token-for-tests";

    private static readonly TimeSpan StartWithin = TimeSpan.FromMilliseconds(400);
    private readonly WebApplication _app;
    private readonly DoctorHole _holes;
    private readonly ConcurrentDictionary<string, string> _tokens = new();
    private readonly ConcurrentDictionary<string, bool> _used = new();

    private OpenDoor(DoctorHole holes)
    {
        _holes = holes;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = Has(DoctorHole.HugeBody) ? null : 64 * 1024;
            kestrel.Limits.MaxRequestHeadersTotalSize = Has(DoctorHole.HugeHeaders) ? 64 * 1024 : 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(Has(DoctorHole.SlowHeaders) ? 60 : 1);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    /// <summary>What it says instead of TwiML, for a test of that.</summary>
    public Func<HttpContext, Task>? Instead { get; set; }

    /// <summary>Streams that were opened and said something.</summary>
    public int Messages;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<OpenDoor> StartAsync(DoctorHole holes = DoctorHole.None)
    {
        var door = new OpenDoor(holes);
        await door._app.StartAsync();
        return door;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private bool Has(DoctorHole hole) => (_holes & hole) != 0;

    private async Task AnswerAsync(HttpContext context)
    {
        try
        {
            var path = context.Request.Path.Value!;
            if (Instead is not null)
                await Instead(context);
            if (context.Response.HasStarted || context.Response.StatusCode != 200)
                return;
            if (path == "/health/live")
                await context.Response.WriteAsync("Healthy");
            else if (path is "/incoming-call" or "/stream-ended")
                await WebhookAsync(context, path);
            else if (path.StartsWith("/media-stream", StringComparison.Ordinal))
                await StreamAsync(context, path["/media-stream".Length..].TrimStart('/'));
            else
                context.Response.StatusCode = 404;
        }
        catch (BadHttpRequestException e)
        {
            context.Response.StatusCode = e.StatusCode;
        }
    }

    private async Task WebhookAsync(HttpContext context, string path)
    {
        var (request, status) = (context.Request, 403);
        var signature = request.Headers[TwilioSignature.Header].ToString();
        var allowedUnsigned = Has(HttpMethods.IsGet(request.Method) ? DoctorHole.UnsignedGet : path == "/incoming-call" ? DoctorHole.UnsignedPost : DoctorHole.UnsignedAction);
        var isForm = request.HasFormContentType;
        if (signature.Length > 0 || allowedUnsigned)
        {
            var fields = isForm ? (await request.ReadFormAsync()).SelectMany(f => f.Value.Select(v => KeyValuePair.Create(f.Key, v!))).ToList() : [];
            var signed = Has(DoctorHole.MethodOverride) && request.Headers.ContainsKey("X-HTTP-Method-Override") ? [] : fields;
            var valid = allowedUnsigned || Has(DoctorHole.AnySignature) || Candidates(request).Any(url => TwilioSignature.Sign(AuthToken, url, signed) == signature);
            status = !valid ? 403 : isForm || allowedUnsigned || Has(DoctorHole.Json) ? 200 : 415;
            if (status == 200)
            {
                var call = fields.FirstOrDefault(f => f.Key == "CallSid").Value ?? "";
                var token = Has(DoctorHole.FreshToken) ? NewToken() : _tokens.GetOrAdd(call, _ => NewToken());
                _used.TryAdd(token, false);
                context.Response.ContentType = "text/xml";
                await context.Response.WriteAsync($"""<Response><Connect><Stream url="wss://{Address.Authority}/media-stream/{token}"/></Connect></Response>""");
                return;
            }
        }

        context.Response.StatusCode = status;
    }

    /// <summary>The addresses that it takes for its own.</summary>
    private IEnumerable<string> Candidates(HttpRequest request)
    {
        var (own, target) = ($"http://{Address.Authority}", request.Path + request.QueryString);
        string Header(string name) => request.Headers[name].ToString();
        yield return own + target;
        if (Has(DoctorHole.AnyPath))
            yield return own + "/incoming-call";
        if (Has(DoctorHole.ForwardedHost))
            yield return $"https://{Header("X-Forwarded-Host")}{target}";
        if (Has(DoctorHole.ForwardedProto))
            yield return $"{Header("X-Forwarded-Proto")}://{Address.Authority}{target}";
        if (Has(DoctorHole.ForwardedPort))
            yield return $"https://{Address.Host}:{Header("X-Forwarded-Port")}{target}";
        if (Has(DoctorHole.ForwardedPrefix))
            yield return own + Header("X-Forwarded-Prefix") + target;
        if (Has(DoctorHole.OriginalUrl))
            yield return own + Header("X-Original-URL");
        if (Has(DoctorHole.HostHeader))
            yield return $"https://{request.Host}{target}";
    }

    private async Task StreamAsync(HttpContext context, string token)
    {
        var request = context.Request;
        var signature = request.Headers[TwilioSignature.Header].ToString();
        var url = $"wss://{Address.Authority}{request.Path}";
        var proven = signature.Length == 0 ? Has(DoctorHole.UnsignedSocket)
            : signature == TwilioSignature.Sign(AuthToken, url) || (Has(DoctorHole.HttpsSocket) && signature == TwilioSignature.Sign(AuthToken, "https" + url["wss".Length..]));
        if (!proven || (request.Headers.ContainsKey("Origin") && !Has(DoctorHole.ForeignOrigin)) || !IsToken(token))
            context.Response.StatusCode = 403;
        else if (!MayUse(token))
            context.Response.StatusCode = 409;
        else
            await TalkAsync(await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = Has(DoctorHole.Compression) }), token);
    }

    private bool IsToken(string token) =>
        token.Length == 0 ? Has(DoctorHole.NoToken)
        : _used.ContainsKey(token)
        || Has(DoctorHole.AnyToken)
        || (Has(DoctorHole.LaxLastCharacter) && _used.Keys.Any(t => t[..^1] == token[..^1]))
        || (Has(DoctorHole.LaxToken) && _used.Keys.Any(t => t.Split('.')[2] == token.Split('.')[2]));

    private bool MayUse(string token)
    {
        if (_used.TryUpdate(token, true, false) || !_used.TryGetValue(token, out _))
            return true;
        return Has(_used.ContainsKey(token + " over") ? DoctorHole.ReplayWhenOver : DoctorHole.ReplayWhileOpen);
    }

    private async Task TalkAsync(WebSocket socket, string token)
    {
        using var mine = socket;
        using var patience = new CancellationTokenSource(Has(DoctorHole.SilentSocket) ? Timeout.InfiniteTimeSpan : StartWithin);
        var buffer = new byte[64 * 1024];
        var (status, bytes) = (WebSocketCloseStatus.PolicyViolation, 0);
        try
        {
            var read = socket.ReceiveAsync(buffer, CancellationToken.None);
            while (await read.WaitAsync(patience.Token) is { MessageType: not WebSocketMessageType.Close } message)
            {
                Interlocked.Increment(ref Messages);
                bytes = message.EndOfMessage ? 0 : bytes + message.Count;
                if (bytes + message.Count > 16 * 1024 && !Has(DoctorHole.HugeMessage))
                {
                    status = WebSocketCloseStatus.MessageTooBig;
                    break;
                }

                read = socket.ReceiveAsync(buffer, CancellationToken.None);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException)
        {
            // The patience is over, or the caller is gone.
        }

        _used.TryAdd(token + " over", true);
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(status, null, CancellationToken.None);
    }

    private static string NewToken() => $"v1.k.{Part()}.{Part()}";

    private static string Part() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
