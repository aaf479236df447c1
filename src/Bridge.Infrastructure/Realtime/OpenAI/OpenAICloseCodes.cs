namespace Bridge.Infrastructure.Realtime.OpenAI;

/// <summary>What the status with which the server closes means for the call (RFC 6455 section 7.4, and what OpenAI's own SDK reconnects after).</summary>
internal static class OpenAICloseCodes
{
    /// <summary>Would another session be closed too? Going away, an abnormal end, a fault or a restart of the server's are no verdict on us; anything else is.</summary>
    public static bool IsForGood(int status) => status is not (1001 or 1005 or 1006 or 1011 or 1012 or 1013);
}
