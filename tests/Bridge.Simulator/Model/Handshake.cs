using System.Globalization;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Connections.Features;

namespace Bridge.Simulator.Model;

/// <summary>What can be said to a dial before there is a socket.</summary>
internal static class Handshake
{
    public const string Path = "/v1/realtime";

    /// <summary>Why this dial is refused; null when it is let in.</summary>
    public static (int Status, string Code, string Message)? Refusal(HttpContext context, FakeModelOptions options)
    {
        var request = context.Request;
        if (options.RefuseWith is { } status)
        {
            var code = status switch { 401 => "invalid_api_key", 404 => "model_not_found", 429 => "rate_limit_exceeded", _ => "server_error" };
            return (status, code, "Refused.");
        }

        if (request.Path != Path)
            return (404, "not_found", $"Unknown path {request.Path}.");
        var key = request.Headers.Authorization.ToString();
        if (!key.StartsWith("Bearer ", StringComparison.Ordinal) || key.Trim() == "Bearer")
            return (401, "invalid_api_key", "Missing bearer authentication in header.");
        if (request.Headers.ContainsKey("OpenAI-Beta"))
            return (400, "beta_api_shape_disabled", "The beta protocol is switched off: remove the header 'OpenAI-Beta'.");
        if (request.Query.Keys.FirstOrDefault(name => name != "model") is { } unknown)
            return (400, "unknown_parameter", $"Unknown query parameter '{unknown}'.");
        if (request.Query["model"].ToString().Length == 0)
            return (400, "missing_model", "You must provide a model parameter.");
        return context.WebSockets.IsWebSocketRequest ? null : (400, "not_a_websocket", "This is a WebSocket endpoint.");
    }

    public static async Task RefuseAsync(HttpContext context, FakeModelOptions options, (int Status, string Code, string Message) no)
    {
        context.Response.StatusCode = no.Status;
        context.Response.ContentType = "application/json";
        if (options.RetryAfter is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        var error = new JsonObject { ["message"] = no.Message, ["type"] = "invalid_request_error", ["code"] = no.Code, ["param"] = null };
        await context.Response.WriteAsync(options.RefusalBody ?? new JsonObject { ["error"] = error }.ToJsonString());
    }

    public static Socket? Connection(HttpContext context) => context.Features.Get<IConnectionSocketFeature>()?.Socket;

    /// <summary>Ends the connection with a TCP reset.</summary>
    public static void Reset(HttpContext context)
    {
        if (Connection(context) is { } connection)
        {
            connection.LingerState = new LingerOption(true, 0);
            connection.Dispose();
        }

        context.Abort();
    }

    /// <summary>Waits, or shorter when the client gives up: false then.</summary>
    public static async Task<bool> WaitAsync(HttpContext context, TimeSpan time, TimeProvider clock, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(time, clock, either.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        return !either.IsCancellationRequested;
    }
}
