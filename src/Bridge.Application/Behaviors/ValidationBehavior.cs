using FluentValidation;
using MediatR;

namespace Bridge.Application.Behaviors;

/// <summary>Runs the validators of a request before its handler. The only behaviour: the rest is done by the framework.</summary>
public sealed class ValidationBehavior<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResponse>
{
    /// <inheritdoc />
    /// <exception cref="ValidationException">The request is not what its validators allow; every fault is in it.</exception>
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        var failures = validators.SelectMany(v => v.Validate(request).Errors).ToList();
        return failures.Count == 0 ? next() : throw new ValidationException(failures);
    }
}
