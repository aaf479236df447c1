namespace Bridge.Simulator.Caller;

/// <summary>
/// One message the bridge sent to the caller's side: when (a timestamp of the call's clock), how many bytes of audio, or which mark.
/// </summary>
public readonly record struct ReceivedMessage(BridgeMessageKind Kind, long At, int AudioBytes, string MarkName);
