using System.Text.Json.Nodes;

namespace Bridge.Simulator.Model;

/// <summary>How a response ends, if nobody cancels it: the status and its details, and the rate limit told before.</summary>
public sealed record ResponseEnd
{
    private ResponseEnd(string status) => Status = status;

    public static ResponseEnd Completed { get; } = new("completed");

    /// <summary><c>completed</c>, <c>failed</c> or <c>incomplete</c>.</summary>
    public string Status { get; }

    /// <summary>The code of the error, or the reason for being incomplete.</summary>
    public string? Code { get; private init; }

    public string? Type { get; private init; }

    public string? Message { get; private init; }

    /// <summary>Seconds until there are tokens again, when the limit is used up.</summary>
    public double? ResetSeconds { get; private init; }

    /// <summary>Failed: with <c>server_error</c>, <c>insufficient_quota</c>, …</summary>
    public static ResponseEnd Failed(string code, string type = "server_error", string message = "The server had an error while processing your request.") =>
        new("failed") { Code = code, Type = type, Message = message };

    /// <summary>Failed because the rate limit is used up; <c>rate_limits.updated</c> says until when.</summary>
    public static ResponseEnd RateLimited(double resetSeconds, string code = "rate_limit_exceeded") =>
        Failed(code, "invalid_request_error", "Rate limit reached for tokens per min.") with { ResetSeconds = resetSeconds };

    /// <summary>Cut short: <c>content_filter</c> or <c>max_output_tokens</c>.</summary>
    public static ResponseEnd Incomplete(string reason) => new("incomplete") { Code = reason };

    internal JsonObject? Details() => Status switch
    {
        "failed" => new JsonObject
        {
            ["type"] = "failed", ["error"] = new JsonObject { ["type"] = Type, ["code"] = Code, ["message"] = Message },
        },
        "incomplete" => new JsonObject { ["type"] = "incomplete", ["reason"] = Code },
        _ => null,
    };
}
