using System.IO.Pipelines;

namespace Bridge.Api.Transport;

/// <summary>The two pipes between a connection's socket and the web server.</summary>
internal sealed class PipePair : IDuplexPipe
{
    private readonly Pipe _in;
    private readonly Pipe _out;

    public PipePair(PipeOptions input, PipeOptions output) => (_in, _out) = (new Pipe(input), new Pipe(output));

    /// <summary>What came, as the web server reads it.</summary>
    public PipeReader Input => _in.Reader;

    /// <summary>What is to be sent, as the web server writes it.</summary>
    public PipeWriter Output => _out.Writer;

    /// <summary>What came, as the socket's loop writes it.</summary>
    public PipeWriter Received => _in.Writer;

    /// <summary>What is to be sent, as the socket's loop reads it.</summary>
    public PipeReader ToSend => _out.Reader;
}
