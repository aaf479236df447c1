using System.Globalization;
using System.Net.WebSockets;
using Bridge.Simulator.Model;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Bridge.Simulator.Load.Relay;

/// <summary>
/// Takes calls at <c>/media-stream</c> as any first sample of this stack would: the stock builder, and no option of Kestrel or of the
/// sockets touched. (It does not log: that would be the cost of something else.)
/// </summary>
internal sealed class RelayServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Uri _model;
    private readonly CancellationTokenSource _stopping = new();

    private RelayServer(int port, Uri model, bool inline)
    {
        _model = model;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
        if (inline)
            builder.Services.Configure<SocketTransportOptions>(static transport => transport.UnsafePreferInlineScheduling = true);
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Map("/media-stream", CarryAsync);
    }

    public int Port => new Uri(_app.Urls.Single()).Port;

    public IServiceProvider Services => _app.Services;

    public static async Task<RelayServer> StartAsync(int port, Uri model, bool inline, CancellationToken cancellationToken)
    {
        var server = new RelayServer(port, model, inline);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <summary>Drops every call.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task CarryAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var caller = await context.WebSockets.AcceptWebSocketAsync();
        using var model = new ClientWebSocket();
        try
        {
            await model.ConnectAsync(_model, _stopping.Token);
        }
        catch (WebSocketException)
        {
            await caller.CloseOutputAsync(WebSocketCloseStatus.InternalServerError, "no model", CancellationToken.None);
            return;
        }

        await RelayedCall.RunAsync(caller, model, _stopping.Token);
    }
}
