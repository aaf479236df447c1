namespace Bridge.Domain.Turns;

/// <summary>How the model ended a response.</summary>
public enum ResponseEnding
{
    /// <summary>It is complete.</summary>
    Completed,

    /// <summary>It was cancelled: by the caller's speech, or by us.</summary>
    Cancelled,

    /// <summary>It asks for a tool, and may say nothing.</summary>
    ToolCall,

    /// <summary>It broke off at a limit of its length.</summary>
    Incomplete,

    /// <summary>A filter stopped it.</summary>
    Filtered,

    /// <summary>It failed because too much was asked for lately.</summary>
    RateLimited,

    /// <summary>It failed.</summary>
    Failed,
}
