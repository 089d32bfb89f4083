# Makes mclust_prior.json: Rscript mclust_prior.R > mclust_prior.json (R's mclust 6.0.0).
#
# EM under the default conjugate priors, priorControl(), from the same hard labels as mclust.json:
# those of model-based hierarchical clustering. The tolerances are those of the rounding.
suppressMessages(library(mclust))

families <- c("EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "EEV", "VEV", "VVV")

fit <- function(x, labels, family) {
  me(data = x, modelName = family, z = unmap(labels), prior = priorControl(),
     control = emControl(tol = c(1e-15, 1e-15), itmax = c(20000, 20000)))
}

case <- function(name, x, components) {
  x <- as.matrix(x)
  labels <- as.vector(hclass(hc(x, modelName = "VVV", use = "SVD"), components))
  values <- sapply(families, function(family) {
    found <- fit(x, labels, family)
    # The means tell one mode from another.
    sprintf('    "%s": {"log_likelihood": %.17g, "means": [%s]}', family, found$loglik,
            paste(sprintf("%.15g", as.vector(found$parameters$mean)), collapse = ", "))
  })
  sprintf('  {\n   "data": "%s",\n   "components": %d,\n   "families": {\n%s\n   }\n  }', name,
          components, paste(values, collapse = ",\n"))
}

cases <- c(case("old_faithful.csv", faithful, 2), case("iris.csv", iris[, 1:4], 3))
cat(sprintf(paste0('{\n "note": "Converged log-likelihoods and means (component by component) of R ',
                   'mclust %s under priorControl(), from the start labels of mclust.json; made by ',
                   'mclust_prior.R.",\n "cases": [\n%s\n ]\n}\n'),
            packageVersion("mclust"), paste(cases, collapse = ",\n")))
